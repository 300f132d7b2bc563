#!/usr/bin/env python3
"""Installs the package in a clean Debian and works with it there as an operator does: `make accept`.

Two machines are made from debootstrap's minbase: one without systemd, entered like a container, and one that systemd
boots in. Each gets the .deb by `apt-get install ./heliograph.deb`, so whatever the package forgets to depend on is
missing there. Only apt reaches the network; everything else happens on a loopback of the machine's own, so that no
port can be taken. Nothing waits for a fixed time, and only a failure waits long.

usage: Tests/Package/accept.py [--keep]
    --keep    leave the machines in .build/accept/ for a look (systemd-nspawn -D FOLDER)

Needs root. DEBIAN_MIRROR names another mirror than deb.debian.org. What was downloaded stays in .build/accept/.
"""

import ctypes
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / ".build/accept"
SUITE = "bookworm"
MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
# How long anything may take. Only what fails waits so long; a slow machine must not fail a test.
PATIENCE = 300
# Downloads also depend on somebody else's server.
DOWNLOAD_PATIENCE = 1200

# What systemd-nspawn says when it leaves, where the host's /run is no tmpfs.
NSPAWN_NOISE = "Attempted to remove disk file system under"

STATE = "/var/lib/private/heliograph"
CONFIG = "/etc/heliograph/heliograph.yaml"
PACKAGE = "/srv/heliograph.deb"
COMMANDS = ["account", "app", "bounce", "config", "demo", "doctor", "events", "list", "listen", "open", "queue", "sandbox",
            "send", "serve", "settings", "smtp-credential", "status", "template", "token", "webhook", "workspace"]
ALICE, BOB = "alice@contoso.test", "bob@contoso.test"


class Failure(Exception):
    """What was expected and what was there."""


def expect(condition, words):
    if not condition:
        raise Failure(words)


def run(command, *, patience=PATIENCE, fails=False, text_input=None):
    """Runs a command to its end and returns what it printed on both streams."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=patience, check=False,
        **({"input": text_input.encode()} if text_input is not None else {"stdin": subprocess.DEVNULL}))
    output = "".join(line for line in done.stdout.decode(errors="replace").splitlines(keepends=True)
                     if NSPAWN_NOISE not in line)
    if (done.returncode != 0) != fails:
        raise Failure(f"{shlex.join(map(str, command))}\nended with status {done.returncode}:\n{output[-4000:]}")
    return output


def eventually(what, check):
    """Asks again and again until the answer is neither empty nor false."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = check()
        if answer:
            return answer
        expect(time.monotonic() < end, f"after {PATIENCE} s still not so: {what}")
        time.sleep(0.1)


def download(what, attempt):
    """Tries three times: mirrors have bad moments."""
    for left in (2, 1, 0):
        try:
            return attempt()
        except (Failure, subprocess.TimeoutExpired) as problem:
            if not left:
                raise Failure(
                    f"{what} failed three times. Is {MIRROR} reachable? DEBIAN_MIRROR names another mirror.\n{problem}"
                ) from problem
            time.sleep(5)


# The machines

def make_base(name, make):
    """The tarball of a clean root, made once. It appears under its name only when it is whole."""
    tarball = CACHE / f"{name}.tar"
    if not tarball.exists():
        with tempfile.TemporaryDirectory(dir=CACHE, prefix=f"{name}-") as folder:
            root = pathlib.Path(folder) / "root"
            make(root)
            part = pathlib.Path(folder) / "part.tar"
            run(["tar", "--create", "--numeric-owner", "--xattrs", "--file", part, "--directory", root, "."],
                patience=DOWNLOAD_PATIENCE)
            part.rename(tarball)
    return tarball


def unpack(tarball, root):
    root.mkdir()
    run(["tar", "--extract", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--file", tarball, "--directory",
         root], patience=DOWNLOAD_PATIENCE)


def debootstrap(root):
    def attempt():
        shutil.rmtree(root, ignore_errors=True)
        run(["debootstrap", "--variant=minbase", SUITE, root, MIRROR], patience=DOWNLOAD_PATIENCE)
    download("debootstrap", attempt)


def with_systemd(root):
    unpack(CACHE / f"{SUITE}.tar", root)
    machine = Machine(root)
    machine.apt("install", "systemd", "systemd-sysv", "dbus", "man-db")


class Machine:
    """A root folder in which commands run as root."""

    # TMPDIR and the like of the caller mean nothing in there.
    ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
                   "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "TERM": "dumb"}

    def __init__(self, root):
        self.root = pathlib.Path(root)

    def command(self, words, network=False):
        """What runs in there. /proc is there too: without it a Swift program sees no arguments."""
        archives = CACHE / "archives"
        (archives / "partial").mkdir(parents=True, exist_ok=True)
        nspawn = ["systemd-nspawn", "--quiet", "--register=no", "--console=pipe", f"--machine=heliograph-{self.root.name}", "--link-journal=no", f"--directory={self.root}",
                  f"--bind={archives}:/var/cache/apt/archives"]
        # Where systemd does not run, nobody can be asked for a unit.
        nspawn += [] if pathlib.Path("/run/systemd/system").is_dir() else ["--keep-unit"]
        nspawn += ["--resolv-conf=replace-host"] if network else ["--private-network"]
        nspawn += [f"--setenv={name}={value}" for name, value in self.ENVIRONMENT.items()]
        return nspawn + ["--", *words]

    def run(self, *words, fails=False, text_input=None, network=False, patience=PATIENCE):
        return run(self.command(words, network), fails=fails, text_input=text_input, patience=patience)

    def apt(self, *words):
        """With the network, and after a failure with newer lists: those of the base may name what is gone."""
        command = ["apt-get", "--yes", "--no-install-recommends", "-o", "Acquire::Retries=3", *words]

        def attempt():
            try:
                return self.run(*command, network=True, patience=DOWNLOAD_PATIENCE)
            except Failure:
                self.run("apt-get", "update", "-o", "Acquire::Retries=3", network=True, patience=DOWNLOAD_PATIENCE)
                return self.run(*command, network=True, patience=DOWNLOAD_PATIENCE)
        return download("apt-get " + " ".join(words), attempt)

    def path(self, path):
        return self.root / path.lstrip("/")

    def left_over(self):
        """What bears our name, apart from the package itself, logs, caches, and the records of apt and dpkg."""
        found = run(["find", self.root, "-xdev", "(", "-path", "*/var/log", "-o", "-path", "*/var/lib/dpkg",
                     "-o", "-path", "*/var/lib/apt", "-o", "-path", "*/var/cache", "-o", "-path", "*/proc",
                     "-o", "-path", "*/sys", ")", "-prune", "-o", "-name", "*heliograph*", "-print"])
        return [name for line in found.split("\n") if line
                for name in ["/" + os.path.relpath(line, self.root)] if name != PACKAGE]


class BootedMachine(Machine):
    """A root folder in which systemd is process 1; commands enter it from outside."""

    process = None
    leader = None

    def boot(self):
        log = open(CACHE / "boot.log", "w", encoding="utf-8")
        # Whatever ends this script ends the machine. On the command line there is no program: --boot looks for one.
        command = self.command([])
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *command[:-1], "--boot"], stdin=subprocess.DEVNULL, stdout=log,
            stderr=subprocess.STDOUT)
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")

        def leader():
            if self.process.poll() is not None:
                raise Failure("systemd-nspawn does not start here:\n" + (CACHE / "boot.log").read_text())
            return children.read_text().split()
        self.leader = eventually("systemd-nspawn has started", leader)[0]

        def state():
            try:
                return self.run("sh", "-c", "systemctl is-system-running || true").strip()
            except Failure:
                # Its namespaces are not complete yet.
                return ""
        eventually("systemd has booted", lambda: state() in ("running", "degraded"))

    def command(self, words, network=False):
        if not self.leader:
            return super().command(words, network)
        return ["nsenter", f"--target={self.leader}", "--all", "--", "env", "-i",
                *(f"{name}={value}" for name, value in self.ENVIRONMENT.items()), *words]

    def heliograph(self, *words, **more):
        return self.run("heliograph", *words, **more)

    def journal(self, unit="heliograph"):
        return self.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}")

    def is_active(self):
        return self.run("sh", "-c", "systemctl is-active heliograph || true").strip() == "active"

    def enter_network(self):
        """From here on this script's own requests go to the loopback of the machine."""
        with open(f"/proc/{self.leader}/ns/net", encoding="utf-8") as namespace:
            expect(ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0) == 0,
                   f"setns: {os.strerror(ctypes.get_errno())}")

    def stop(self):
        if not self.process or self.process.poll() is not None:
            return
        # It may be gone before it has answered.
        subprocess.run(self.command(["systemctl", "poweroff"]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def http(method, url, body=None):
    """Asks a server in the machine; nothing else can be reached."""
    request = urllib.request.Request(
        url, method=method, data=json.dumps(body).encode() if body is not None else None,
        headers={"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=PATIENCE) as reply:
        text = reply.read().decode()
    return json.loads(text) if text else None


def answers(url):
    try:
        http("GET", url)
        return True
    except (urllib.error.URLError, ConnectionError):
        return False


# The checks, in order. Each is a step of one story, so the first that fails ends it.

STEPS = []


def step(function):
    STEPS.append(function)
    return function


class Story:
    def __init__(self, folder):
        self.deb = self.only("heliograph_*.deb")
        self.tarball = self.only("heliograph-*-linux-*.tar.gz")
        self.version = self.deb.name.split("_")[1]
        self.plain = Machine(folder / "plain")
        self.booted = BootedMachine(folder / "booted")
        self.folder = folder
        self.token = ""
        self.account = {}

    @staticmethod
    def only(pattern):
        found = sorted((ROOT / "dist").glob(pattern))
        expect(len(found) == 1, f"there must be one dist/{pattern}; `make dist` makes it")
        return found[0]


@step
def clean_debian(story):
    "a clean Debian 12, and one with systemd"
    unpack(make_base(SUITE, debootstrap), story.plain.root)
    unpack(make_base(f"{SUITE}-systemd", with_systemd), story.booted.root)
    for machine in (story.plain, story.booted):
        # Debian's installer writes it, and so does whoever makes a container.
        machine.path("/etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n")
        shutil.copy(story.deb, machine.path(PACKAGE))


@step
def install_without_systemd(story):
    "apt-get install ./heliograph.deb where there is no systemd"
    output = story.plain.apt("install", PACKAGE)
    expect("warning" not in output.lower() and "error" not in output.lower(), output)
    expect(not story.plain.path("/usr/bin/systemctl").exists(), "something has brought systemd")
    # Differences from what was packaged would be listed. dpkg reads as long as it takes.
    expect(story.plain.run("dpkg", "--verify", "heliograph").strip() == "", "dpkg --verify finds differences")
    expect(story.plain.run("heliograph", "--version").strip() == story.version, "another version answers")


@step
def manual_and_completions(story):
    "manual pages, completions, licenses, settings"
    root = story.plain.path
    for name in ["heliograph", *(f"heliograph-{command}" for command in COMMANDS)]:
        expect(root(f"/usr/share/man/man1/{name}.1.gz").is_file(), f"no manual page {name}")
    for file in ["bash-completion/completions/heliograph", "zsh/vendor-completions/_heliograph",
                 "fish/vendor_completions.d/heliograph.fish", "doc/heliograph/copyright", "doc/heliograph/changelog.gz",
                 "doc/heliograph/third-party-licenses.gz", "doc/heliograph/README.md",
                 "doc/heliograph/docs/configuration.md"]:
        expect(root("/usr/share/" + file).stat().st_size > 0, f"/usr/share/{file} is empty")
    completion = "source /usr/share/bash-completion/completions/heliograph && complete -p heliograph"
    expect("heliograph" in story.plain.run("bash", "-c", completion), "bash completes nothing")
    expect(root(CONFIG).stat().st_mode & 0o777 == 0o600, f"{CONFIG} can be read by others")


@step
def demo(story):
    "heliograph demo --exit"
    output = story.plain.run("heliograph", "demo", "--exit")
    expect("The message arrived" in output, output)


@step
def backtracer(story):
    "a crash would leave a backtrace"
    expect("swift-backtrace" in story.plain.run("/usr/lib/heliograph/swift-backtrace", "--help"), "it does not run")
    unit = story.plain.path("/usr/lib/systemd/system/heliograph.service").read_text()
    expect("swift-backtrace=/usr/lib/heliograph/swift-backtrace" in unit, "the unit names another one")


@step
def purge_without_systemd(story):
    "apt-get purge where there is no systemd; nothing is left"
    story.plain.run("apt-get", "--yes", "purge", "heliograph")
    expect(story.plain.left_over() == [], f"left: {story.plain.left_over()}")


@step
def tarball(story):
    "the tarball, unpacked in /usr/local"
    run(["tar", "--extract", "--file", story.tarball, "--directory", story.plain.path("/usr/local"),
         "--strip-components=1", "--no-same-owner"])
    for name in ["LICENSE", "README.md", "CHANGELOG.md", "lib/systemd/system/heliograph.service",
                 "lib/heliograph/swift-backtrace", "etc/heliograph/heliograph.yaml", "share/man/man1/heliograph.1.gz",
                 "share/bash-completion/completions/heliograph", "share/zsh/site-functions/_heliograph"]:
        expect(story.plain.path(f"/usr/local/{name}").is_file(), f"it has no {name}")
    # The libraries are still there: apt removes what was brought in only when told to.
    output = story.plain.run("/usr/local/bin/heliograph", "demo", "--exit")
    expect("The message arrived" in output, output)


@step
def make_install(story):
    "make install and make uninstall"
    target = story.folder / "install"
    make = ["make", "--no-print-directory", "-C", ROOT, f"DESTDIR={target}", "PREFIX=/opt/heliograph"]
    run([*make, "install"])
    prefix = target / "opt/heliograph"
    expect(run([prefix / "bin/heliograph", "--version"]).strip() == story.version, "another version answers")
    settings = prefix / "etc/heliograph/heliograph.yaml"
    expect("data: /var/lib/heliograph" in settings.read_text(), "no settings")
    settings.write_text(settings.read_text() + "log-level: debug\n")
    run([*make, "install"])
    expect(settings.read_text().endswith("log-level: debug\n"), "changed settings were replaced")
    expect("Kept" in run([*make, "uninstall"]), "nobody is told of the changed settings")
    left = [path for path in target.rglob("*") if not path.is_dir()]
    expect(left == [settings], f"left: {left}")


@step
def boot(story):
    "systemd boots"
    # Everything but the package itself comes from the network, which the booted machine does not have.
    story.booted.apt("install", "--download-only", PACKAGE)
    story.booted.boot()
    story.booted.enter_network()


@step
def install(story):
    "apt-get install ./heliograph.deb starts the gateway"
    output = story.booted.run("apt-get", "--yes", "--no-install-recommends", "install", PACKAGE)
    expect("warning" not in output.lower() and "error" not in output.lower(), output)
    expect_ready()
    expect(story.booted.run("systemctl", "is-enabled", "heliograph").strip() == "enabled", "it is not enabled")


def main_pid(story):
    return story.booted.run("systemctl", "show", "--value", "--property=MainPID", "heliograph").strip()


@step
def unit(story):
    "the unit: verified, confined, a user of its own, the key unreadable for others"
    machine = story.booted
    verified = machine.run("systemd-analyze", "verify", "/usr/lib/systemd/system/heliograph.service")
    expect(verified.strip() == "", verified)
    exposure = machine.run("systemd-analyze", "security", "--no-pager", "heliograph.service").strip().split("\n")[-1]
    print(f"      {exposure.strip('→ ')}")
    expect(float(re.search(r"heliograph.service: ([0-9.]+)", exposure)[1]) < 3, exposure)
    mode, user = machine.run("stat", "--format=%a %U", f"{STATE}/secret.key").split()
    expect(mode == "600" and user not in ("root", "nobody"), f"the key has mode {mode} and belongs to {user}")
    status = machine.run("cat", f"/proc/{main_pid(story)}/status")
    expect(not re.search(r"(?m)^Uid:\t0\b", status) and "CapEff:\t0000000000000000" in status, status)
    machine.run("test", "-s", f"{STATE}/heliograph.sqlite")


@step
def manual_page(story):
    "man heliograph-serve"
    expect("heliograph-serve" in story.booted.run("man", "--pager=cat", "heliograph-serve"), "no page")


@step
def first_start(story):
    "the journal says where data and key are, and what to do next"
    journal = story.booted.journal()
    for words in ("/var/lib/heliograph/heliograph.sqlite", "/var/lib/heliograph/secret.key",
                  "heliograph token issue --data /var/lib/heliograph"):
        expect(words in journal, f"no {words} in\n{journal}")
    for words in ("Failed", "error", "warning"):
        expect(words not in journal, f"{words} in\n{journal}")


@step
def sandbox(story):
    "settings in /etc/heliograph/heliograph.yaml lead to the sandbox"
    machine = story.booted
    machine.run("systemd-run", "--unit=sandbox", "heliograph", "sandbox")
    eventually("the sandbox answers", lambda: answers("http://localhost:4000/sandbox/directory"))
    settings = machine.path(CONFIG)
    settings.write_text(settings.read_text().replace("#microsoft: http", "microsoft: http"))
    machine.run("systemctl", "restart", "heliograph")
    expect_ready()


def client(story, *words, **more):
    return story.booted.run("env", f"HELIOGRAPH_TOKEN={story.token}", "heliograph", *words, **more)


def expect_ready():
    """systemctl and apt-get return when the gateway answers: whoever types a command next finds it there."""
    expect(answers("http://localhost:3000/health"), "the gateway does not answer yet")


def arrived(subject):
    messages = http("GET", f"http://localhost:4000/sandbox/messages?user={BOB}&folder=inbox")
    return any(message.get("subject") == subject for message in messages["value"])


def send(story, subject):
    client(story, "send", "--account", "me", "--to", BOB, "--subject", subject, text_input="See you at noon.\n")
    eventually(f"{subject} has arrived", lambda: arrived(subject))


@step
def first_message(story):
    "token issue, app add, account add --device, send: the message is in the recipient's mailbox"
    story.token = story.booted.heliograph("token", "issue", "--config", CONFIG).strip()
    expect("redirect" in client(story, "app", "guide", "--authority", "common").lower(), "no guide")
    identity, secret = "11111111-2222-4333-8444-555555555555", "accept~Secret.value"
    scopes = ["Mail.ReadWrite", "Mail.Send", "User.Read", "offline_access"]
    http("POST", "http://localhost:4000/sandbox/apps", {
        "clientId": identity, "kind": "web", "tenant": "contoso.test", "secret": secret,
        "redirectUris": ["http://localhost/oauth"], "delegatedScopes": scopes, "allowsPublicClient": True})
    http("POST", "http://localhost:4000/sandbox/settings", {"sendLagMs": 0, "deviceInterval": 1})
    client(story, "app", "add", "--name", "Outlook", "--client-id", identity, "--authority", "common", "--secret",
           text_input=secret + "\n")
    # It prints a code and waits until somebody has entered it.
    adding = subprocess.Popen(
        story.booted.command(["env", f"HELIOGRAPH_TOKEN={story.token}", "heliograph", "account", "add", "--device",
                              "--account", "me", "--email", ALICE]),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    printed = ""
    try:
        for line in adding.stdout:
            printed += line
            if code := re.fullmatch(r"    ([A-Z0-9]{9})\n", line):
                http("POST", "http://localhost:4000/sandbox/device",
                     {"userCode": code[1], "user": ALICE, "decision": "accept"})
        expect(adding.wait(PATIENCE) == 0, printed)
    finally:
        adding.kill()
        adding.wait()
    send(story, "First message")


@step
def upgrade(story):
    "an upgrade restarts the gateway and keeps data and settings"
    before = main_pid(story)
    settings = story.booted.path(CONFIG).read_text()
    story.booted.run("apt-get", "--yes", "install", "--reinstall", PACKAGE)
    expect(main_pid(story) not in (before, "0"), "it was not restarted")
    expect(story.booted.path(CONFIG).read_text() == settings, "the settings were replaced")
    expect_ready()
    send(story, "After the upgrade")


@step
def without_settings(story):
    "without its settings the gateway does not start, and systemd names the file"
    machine = story.booted
    machine.run("systemctl", "stop", "heliograph")
    machine.run("mv", CONFIG, f"{CONFIG}.away")
    machine.run("systemctl", "start", "heliograph", fails=True)
    status = machine.run("sh", "-c", "systemctl status --no-pager heliograph || true")
    expect(f"AssertPathExists={CONFIG} was not met" in status, status)
    machine.run("mv", f"{CONFIG}.away", CONFIG)
    machine.run("systemctl", "start", "heliograph")
    expect_ready()


@step
def own_key(story):
    "the key can be in the settings, outside of the data"
    machine = story.booted
    key = machine.run("cat", f"{STATE}/secret.key").strip()
    machine.run("rm", f"{STATE}/secret.key")
    settings = machine.path(CONFIG)
    settings.write_text(settings.read_text().replace("#secret-key: BASE64_OF_32_BYTES", f"secret-key: {key}"))
    machine.run("systemctl", "restart", "heliograph")
    expect_ready()
    machine.heliograph("token", "list", "--config", CONFIG)
    send(story, "With another place for the key")
    machine.run("test", "!", "-e", f"{STATE}/secret.key")


@step
def disabled(story):
    "an upgrade leaves a service disabled that an administrator has disabled"
    story.booted.run("systemctl", "disable", "heliograph")
    story.booted.run("apt-get", "--yes", "install", "--reinstall", PACKAGE)
    state = story.booted.run("sh", "-c", "systemctl is-enabled heliograph || true").strip()
    expect(state == "disabled", f"it is {state}")
    story.booted.run("systemctl", "enable", "heliograph")


@step
def remove(story):
    "apt-get remove stops the gateway and keeps data and settings"
    story.booted.run("apt-get", "--yes", "remove", "heliograph")
    expect(not story.booted.is_active(), "it still runs")
    expect(not answers("http://localhost:3000/health"), "it still answers")
    expect(not story.booted.path("/usr/bin/heliograph").exists(), "the program is still there")
    story.booted.run("test", "-s", f"{STATE}/heliograph.sqlite")
    expect("secret-key: " in story.booted.path(CONFIG).read_text(), "the settings are gone")


@step
def install_again(story):
    "installed again, it goes on where it was"
    story.booted.run("systemctl", "stop", "sandbox")
    story.booted.run("apt-get", "--yes", "install", PACKAGE)
    expect_ready()
    accounts = json.loads(client(story, "account", "list", "--json"))["accounts"]
    expect([account["account"] for account in accounts] == ["me"], f"{accounts}")


@step
def purge(story):
    "apt-get purge deletes data and settings; nothing is left"
    story.booted.run("apt-get", "--yes", "purge", "heliograph")
    expect(not story.booted.is_active(), "it still runs")
    expect(story.booted.left_over() == [], f"left: {story.booted.left_over()}")


def main(arguments):
    if any(word != "--keep" for word in arguments):
        sys.exit(__doc__)
    if os.geteuid() != 0:
        sys.exit("Only root can make a machine and install a package in it. Run: sudo make accept")
    # Ctrl-C and SIGTERM clean up as failures do.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(dir=CACHE, prefix="machines-"))
    story = None
    passed = 0
    try:
        try:
            story = Story(folder)
        except Failure as problem:
            sys.exit(str(problem))
        for check in STEPS:
            start = time.monotonic()
            try:
                check(story)
            except Exception as problem:
                print(f"FAIL  {check.__doc__}\n{problem}", flush=True)
                if story.booted.leader and story.booted.process.poll() is None:
                    print("The last lines of the journal:")
                    print("\n".join(story.booted.run("journalctl", "--no-pager", "--lines=60").split("\n")), flush=True)
                print(f"{passed} passed, 1 failed, {len(STEPS) - passed - 1} skipped")
                return 1
            passed += 1
            print(f"ok    {check.__doc__} ({time.monotonic() - start:.1f} s)", flush=True)
        print(f"{passed} passed, 0 failed")
        return 0
    finally:
        if story:
            story.booted.stop()
        if "--keep" in arguments:
            print(f"The machines are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
