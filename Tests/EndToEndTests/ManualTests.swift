import Foundation
import Testing

/// What `Scripts/manual` leaves for packages.
@Suite struct ManualTests {
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts/manual")

  @Test func `Every command has a page that roff reads without a warning, and each shell its completions`()
    async throws
  {
    try await withFolder { folder in
      let made = try await Program.run(
        Self.script, [folder.appending(path: "out").path, Program.heliograph.path], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      let pages = folder.appending(path: "out/man1")
      let names = try FileManager.default.contentsOfDirectory(atPath: pages.path).sorted()
      let commands = [
        "account", "app", "bounce", "config", "demo", "doctor", "events", "list", "listen", "open", "queue",
        "sandbox",
        "send",
        "serve",
        "settings",
        "smtp-credential", "status",
        "template", "token", "webhook", "workspace",
      ]
      #expect(names == (["heliograph"] + commands.map { "heliograph-\($0)" }).map { $0 + ".1" }.sorted())
      for name in names {
        let page = try String(contentsOf: pages.appending(path: name), encoding: .utf8)
        #expect(page.hasPrefix(".TH HELIOGRAPH") && page.contains("\n.SH SYNOPSIS\n"), "\(name)")
        let read = try await Program.run(
          URL(filePath: "/usr/bin/groff"),
          ["-man", "-Tutf8", "-ww", "-z", "-Kutf8", pages.appending(path: name).path], in: folder)
        #expect(read.status == 0 && read.errors.isEmpty, "\(name): \(read.errors)")
      }
      let queue = try String(contentsOf: pages.appending(path: "heliograph-queue.1"), encoding: .utf8)
      for words in ["HELIOGRAPH QUEUE RELEASE", #"\fB\-\-as\fR"#, "One of: sent, queued."] {
        #expect(queue.contains(words), "\(words)")
      }
      let completions = folder.appending(path: "out/completions").path
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: completions).sorted() == [
          "_heliograph", "heliograph.bash", "heliograph.fish",
        ])
      let bash = try await Program.run(
        URL(filePath: "/bin/bash"), ["-n", completions + "/heliograph.bash"], in: folder)
      #expect(bash.status == 0 && bash.errors.isEmpty)
    }
  }
}
