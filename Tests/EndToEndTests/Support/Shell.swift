import Foundation

/// Commands as a shell runs them: in a pipe that nobody reads, on a terminal.
extension Rig {
  /// Runs `heliograph` with a standard output whose reader has gone before anything is written.
  ///
  /// - Returns: The status, and standard error. A signal's status is its negative number.
  func commandWithoutReader(_ arguments: [String]) async throws -> (status: Int32, errors: String) {
    let child = try await startWithoutReader(arguments)
    return (try await child.status(), child.errors)
  }

  func startWithoutReader(_ arguments: [String]) async throws -> Child {
    // Linux opens a FIFO for reading and writing without waiting for another side (fifo(7)).
    let script = #"mkfifo "$1"; exec 4<>"$1" 5>"$1" 4<&-; shift; exec "$@" >&5 5>&-"#
    let name = "fifo-" + UUID().uuidString
    return try await Child(
      URL(filePath: "/bin/bash"),
      ["-c", script, "bash", folder.appending(path: name).path, Program.heliograph.path] + arguments,
      environment: clientEnvironment, name: name, folder: folder)
  }

  /// Runs `heliograph` on a terminal of its own, where both of its outputs go; lines end with LF here.
  ///
  /// - Parameter input: What is typed.
  func commandOnTerminal(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) async throws -> (status: Int32, output: String) {
    let command = ([Program.heliograph.path] + arguments).map {
      "'" + $0.replacing("'", with: #"'\''"#) + "'"
    }
    let ended = try await Program.run(
      URL(filePath: "/usr/bin/script"),
      ["--quiet", "--return", "--command", command.joined(separator: " "), "/dev/null"],
      environment: clientEnvironment.merging(["TERM": "xterm"]) { $1 }.merging(environment) { $1 },
      input: input, in: folder)
    return (ended.status, ended.output.replacing("\r\n", with: "\n"))
  }
}
