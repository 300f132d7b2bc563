import ArgumentParser
import Core
import Foundation
import JSON

struct Open: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Open the gateway in a browser, or print its URL where there is none.",
    discussion: "The browser is BROWSER or, on a desktop, the one that xdg-open or open starts.")

  @Flag(help: "Print the URL as JSON, and open nothing.") var json = false

  func run() async throws {
    let url = try GatewayURL.ofEnvironment().text + "/"
    if json { return Terminal.json(["url": .string(url)]) }
    if Browser(ProcessInfo.processInfo.environment)?.open(url) != true { Terminal.line(url) }
  }
}

/// A program that shows a page.
private struct Browser {
  let program: URL

  /// `nil` where there is none.
  init?(_ environment: [String: String]) {
    let chosen = environment["BROWSER"].flatMap { $0.split(separator: ":").first }.map(String.init)
    #if os(macOS)
      let names = [chosen, "open"]
    #else
      // Without a desktop, xdg-open would start a browser in this terminal, or fail.
      let hasDesktop = ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
      let names = [chosen, hasDesktop ? "xdg-open" : nil]
    #endif
    let found = names.compactMap { $0 }.lazy.compactMap { Self.find($0, in: environment["PATH"] ?? "") }.first
    guard let found else { return nil }
    program = found
  }

  private static func find(_ name: String, in path: String) -> URL? {
    let folders = name.contains("/") ? [""] : path.split(separator: ":").map { $0 + "/" }
    let file = folders.map { $0 + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    return file.map { URL(filePath: $0) }
  }

  /// Returns whether the program has started and has not failed.
  func open(_ url: String) -> Bool {
    let process = Process()
    process.executableURL = program
    process.arguments = [url]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
