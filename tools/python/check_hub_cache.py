"""Proves that `cryonext fetch` and Hugging Face's libraries use each other's cache:

    python tools/python/check_hub_cache.py [--model FOLDER] [--cryonext ./cryonext]

Serves FOLDER (by default a ConvNeXt tiny of full size with random weights, made with transformers) on the loopback as a
hub has it, small files by git's hash and large ones by SHA-256 from another host name, and looks at both directions:

1. `cryonext fetch` is killed halfway and run again; what had arrived must not be sent a second time. Then huggingface_hub
   must find every file without a connection, and find nothing wrong in the cache; transformers must load the model.
2. huggingface_hub downloads into an empty cache; `cryonext fetch` must then download nothing, with and without a hub.

Exits 1 at the first thing that is not so. Needs: huggingface_hub, and torch and transformers without --model.
"""

import argparse
import hashlib
import http.server
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time

REPOSITORY = "owner/model"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 1 << 20


class Hub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = None
    slow = False
    sent = 0
    log = []

    def log_message(self, *args):
        pass

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def answer(self, body):
        path = self.path.split("?")[0]
        Hub.log.append((self.command, path))
        name = path.rsplit("/", 1)[1]
        file = Hub.folder / name
        revision = path.removeprefix(f"/{REPOSITORY}/resolve/").rsplit("/", 1)[0]
        if path.startswith("/storage/"):
            self.send(file, {}, body)
        elif revision not in ("main", COMMIT):
            self.status(404, {"X-Error-Code": "RevisionNotFound"})
        elif not file.is_file():
            self.status(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        else:
            content = file.read_bytes()
            described = {"X-Repo-Commit": COMMIT}
            if len(content) >= LARGE:
                described["X-Linked-Etag"] = f'"{hashlib.sha256(content).hexdigest()}"'
                described["X-Linked-Size"] = str(len(content))
                described["Location"] = f"http://localhost:{self.server.server_port}/storage/{name}"
                self.status(302, described)
            else:
                described["ETag"] = f'"{hashlib.sha1(b"blob %d" % len(content) + bytes(1) + content).hexdigest()}"'
                self.send(file, described, body)

    def status(self, status, headers):
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, file, headers, body):
        content = file.read_bytes()
        start = 0
        if "Range" in self.headers:
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.status(206 if start else 200, headers | {"Content-Length": str(len(content) - start)})
        if body:
            for i in range(start, len(content), LARGE):
                part = content[i : i + LARGE]
                try:
                    self.wfile.write(part)
                except OSError:
                    return
                Hub.sent += len(part)
                if Hub.slow:
                    time.sleep(0.1)


def require(condition, what):
    print(("ok    " if condition else "WRONG ") + what, flush=True)
    if not condition:
        sys.exit(1)


def make_model(folder):
    import transformers

    labels = {i: f"LABEL_{i}" for i in range(1000)}
    config = transformers.ConvNextConfig(id2label=labels, label2id={label: i for i, label in labels.items()})
    transformers.ConvNextForImageClassification(config).save_pretrained(folder)
    transformers.ConvNextImageProcessor().save_pretrained(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path)
    parser.add_argument("--cryonext", default="./cryonext")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{server.server_port}"
        os.environ["HF_HUB_DISABLE_XET"] = "1"
        # Imported only now, because it reads the environment once; transformers imports it as well.
        import huggingface_hub

        Hub.folder = arguments.model or scratch / "model"
        if not arguments.model:
            make_model(Hub.folder)
        weights = (Hub.folder / "model.safetensors").read_bytes()
        files = [f for f in ("config.json", "preprocessor_config.json", "model.safetensors") if (Hub.folder / f).is_file()]
        print(f"huggingface_hub {huggingface_hub.__version__}, model.safetensors of {len(weights):,} bytes", flush=True)

        def fetch(cache, *more):
            command = [*shlex.split(arguments.cryonext), "fetch", REPOSITORY, *more]
            return subprocess.Popen(
                command,
                env=os.environ | {"HF_HUB_CACHE": str(cache)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

        ours = scratch / "ours"
        Hub.slow = True
        process = fetch(ours)
        while process.poll() is None and Hub.sent < len(weights) // 2:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        Hub.slow = False
        time.sleep(0.5)
        partial = next(ours.glob("models--owner--model/blobs/*.incomplete")).stat().st_size
        require(0 < partial < len(weights), f"killed after {partial:,} bytes, which are kept")
        Hub.sent = 0
        begin = time.monotonic()
        output, _ = fetch(ours).communicate()
        print(output, end="")
        require(REPOSITORY in output and "SHA-256 as the hub says" in output, f"continued in {time.monotonic() - begin:.1f} s")
        require(Hub.sent == len(weights) - partial, f"only the remaining {Hub.sent:,} bytes were sent")

        info = huggingface_hub.scan_cache_dir(ours)
        require(not info.warnings, "scan_cache_dir has no warnings")
        [repository] = info.repos
        [revision] = repository.revisions
        require(repository.repo_id == REPOSITORY and revision.commit_hash == COMMIT, "it finds the repository and the commit")
        require(revision.refs == {"main"}, "the commit is main")
        require({file.file_name for file in revision.files} == set(files), f"it finds {', '.join(files)}")
        for file in files:
            path = huggingface_hub.try_to_load_from_cache(REPOSITORY, file, cache_dir=ours)
            require(
                isinstance(path, str) and pathlib.Path(path).read_bytes() == (Hub.folder / file).read_bytes(),
                f"try_to_load_from_cache finds {file}",
            )
            local = huggingface_hub.hf_hub_download(REPOSITORY, file, cache_dir=ours, local_files_only=True)
            require(local == path, f"hf_hub_download finds {file} without a connection")
        Hub.log.clear()
        for file in files:
            huggingface_hub.hf_hub_download(REPOSITORY, file, cache_dir=ours)
        require({method for method, _ in Hub.log} == {"HEAD"}, "hf_hub_download with a connection downloads nothing")
        if not arguments.model:
            import transformers

            model = transformers.AutoModelForImageClassification.from_pretrained(
                REPOSITORY, cache_dir=ours, local_files_only=True
            )
            require(model.num_parameters() == 28_589_128, "transformers loads it without a connection")

        theirs = scratch / "theirs"
        for file in files:
            huggingface_hub.hf_hub_download(REPOSITORY, file, cache_dir=theirs)
        Hub.log.clear()
        output, _ = fetch(theirs).communicate()
        require(output.count("in the cache") == len(files), "cryonext fetch finds what huggingface_hub downloaded")
        require({method for method, _ in Hub.log} == {"HEAD"}, "and downloads nothing")
        Hub.log.clear()
        output, _ = fetch(theirs, "--offline").communicate()
        require(output.count("in the cache") == len(files) and not Hub.log, "the same with --offline, without a request")
        server.shutdown()
        server.server_close()
        output, _ = fetch(theirs).communicate()
        require("using what the cache has" in output and output.count("in the cache") == len(files), "and without a hub")


if __name__ == "__main__":
    main()
