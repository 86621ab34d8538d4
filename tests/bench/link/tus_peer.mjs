// Both ends of a tus transfer, from the packages @tus/server, @tus/file-store and tus-js-client in
// the folder $FIELDSYNC_TUS (where `npm install` put them).
//   node tus_peer.mjs check | server FOLDER PORT | client FOLDER PORT
import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';

const [what, folder, port] = process.argv.slice(2);
const installed = createRequire(path.join(process.env.FIELDSYNC_TUS ?? '.', 'anchor.js'));

function serve() {
  const {Server} = installed('@tus/server');
  const {FileStore} = installed('@tus/file-store');
  const server = new Server({path: '/files', datastore: new FileStore({directory: folder})});
  server.listen({host: '127.0.0.1', port: Number(port)});
}

function send(file) {
  const {Upload} = installed('tus-js-client');
  return new Promise((resolve, reject) => {
    const upload = new Upload(fs.createReadStream(file), {
      endpoint: `http://127.0.0.1:${port}/files`,
      uploadSize: fs.statSync(file).size,
      chunkSize: 5 * 1024 * 1024,
      // The library's own delays, for as long as cuts come.
      retryDelays: Array.from({length: 200}, (_, i) => [0, 1000, 3000, 5000][Math.min(i, 3)]),
      onError: reject,
      onSuccess: resolve,
    });
    upload.start();
  });
}

if (what === 'check') {
  for (const name of ['@tus/server', '@tus/file-store', 'tus-js-client']) installed.resolve(name);
} else if (what === 'server') {
  serve();
} else {
  for (const name of fs.readdirSync(folder)) await send(path.join(folder, name));
}
