// better-sqlite3 needs Node 22 and crashes on 20. The npm scripts use the Node 24 among the dependencies.
if (Number(process.versions.node.split('.')[0]) < 22) {
  console.error(`Node ${process.versions.node} is too old: use "npm start", which brings its own Node 24.`);
  process.exit(1);
}
