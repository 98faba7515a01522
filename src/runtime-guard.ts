// better-sqlite3 needs Node 22 (it crashes on 20); the npm scripts run the Node 24 of the project's own dependencies.
if (Number(process.versions.node.split('.')[0]) < 22) {
  console.error(`Node ${process.versions.node} is too old: use "npm start", which brings its own Node 24.`);
  process.exit(1);
}
