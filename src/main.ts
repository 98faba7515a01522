import './runtime-guard.js';
import './private-files.js';
import './stop-while-loading.js';

// Imported when the above has run: a static import would load the whole program first.
await import('./start-service.js');
