import Foundation
import Glibc

/// A program started for a measurement. It dies at the latest with the scope that started it; when that is cut
/// off, `Scripts/bench` ends what is left.
struct Child: Sendable {
  let pid: pid_t
  /// Where its standard output and standard error go.
  let log: String

  /// Starts it, runs `body`, and ends it however `body` ends.
  static func run<Value>(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], log: String,
    isolation: isolated (any Actor)? = #isolation, _ body: (Child) async throws -> Value
  ) async throws -> Value {
    let child = try Child(executable, arguments, environment: environment, log: log)
    do {
      let value = try await body(child)
      await child.end()
      return value
    } catch {
      await child.end()
      throw error
    }
  }

  private init(
    _ executable: String, _ arguments: [String], environment: [String: String], log: String
  ) throws {
    // What the reader's shell says about Heliograph must not reach the one that is measured.
    var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HELIOGRAPH_") }
    variables.merge(environment) { $1 }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var words = ([executable] + arguments).map { strdup($0) } + [nil]
    var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + settings).forEach { free($0) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, executable, &actions, nil, &words, &settings)
    guard code == 0 else {
      throw Failure("\(executable) does not start: \(String(cString: strerror(code))).")
    }
    self.pid = pid
    self.log = log
  }

  /// Runs a program to its end.
  static func status(_ executable: String, _ arguments: [String], log: String) async throws -> Int32 {
    let child = try Child(executable, arguments, environment: [:], log: log)
    var status: Int32 = 0
    while waitpid(child.pid, &status, WNOHANG) == 0 { try await Task.sleep(for: .milliseconds(2)) }
    return status
  }

  /// Whether it has not ended by itself.
  var isRunning: Bool {
    var info = siginfo_t()
    waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
    return info.si_signo == 0
  }

  /// Asks it to stop, waits, and does not ask a second time.
  private func end() async {
    signal(SIGCONT)
    signal(SIGTERM)
    for _ in 0..<2000 {
      if waitpid(pid, nil, WNOHANG) != 0 { return }
      try? await Task.sleep(for: .milliseconds(5))
    }
    kill()
    waitpid(pid, nil, 0)
  }

  func kill() { signal(SIGKILL) }

  private func signal(_ number: Int32) { _ = Glibc.kill(pid, number) }

  /// It does nothing until `thaw()`; its sockets take what is sent to them.
  func freeze() { signal(SIGSTOP) }
  func thaw() { signal(SIGCONT) }

  /// Bytes it has in memory now, and the most it ever had (proc(5), VmRSS and VmHWM).
  func memory() throws -> (now: Int, peak: Int) {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    func kilobytes(_ name: String) throws -> Int {
      let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
      let words = line?.split(whereSeparator: \.isWhitespace) ?? []
      guard words.count > 1, let count = Int(words[1]) else {
        throw Failure("/proc/\(pid)/status has no \(name).")
      }
      return count * 1024
    }
    return (try kilobytes("VmRSS"), try kilobytes("VmHWM"))
  }

  /// How long its threads have computed, in user mode and in the kernel (proc(5), utime and stime).
  func computed() throws -> Duration {
    let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    // The second field is the program's name in parentheses, which may hold anything; utime is the 14th.
    let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ").dropFirst()
    let ticks = fields.dropFirst(11).prefix(2).compactMap { Int($0) }
    guard ticks.count == 2 else { throw Failure("/proc/\(pid)/stat cannot be read.") }
    return .seconds(ticks[0] + ticks[1]) / sysconf(Int32(_SC_CLK_TCK))
  }

  /// Throws, with the end of its log, when it has ended by itself.
  func check() throws {
    guard waitpid(pid, nil, WNOHANG) != 0 else { return }
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    throw Failure("A program under measurement has ended:\n" + text.suffix(2000))
  }
}

/// Why a figure cannot be taken.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
