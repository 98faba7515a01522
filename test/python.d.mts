export function pythonPath(): string | undefined;
