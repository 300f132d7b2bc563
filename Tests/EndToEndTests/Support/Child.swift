import Foundation
import ProcessTesting
import Synchronization

/// A program that runs beside the tests and does not outlive them, however they end.
final class Child: Sendable {
  private let process: Process
  private let outputFile: URL
  private let errorFile: URL

  /// - Parameter folder: where its standard output and error go, into `NAME.out` and `NAME.err`; what is
  ///   there stays, so that the files of a program that is started again tell its whole life.
  init(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:], input: String = "",
    name: String, folder: URL
  ) async throws {
    outputFile = folder.appending(path: name + ".out")
    errorFile = folder.appending(path: name + ".err")
    process = Process()
    // The process id stays the same when setpriv turns into the program.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["setpriv", "--pdeathsig", "KILL", "--", program.path] + arguments
    process.environment = Self.environment.merging(environment) { $1 }
    let inputFile = folder.appending(path: name + ".in")
    try Data(input.utf8).write(to: inputFile)
    let files = [
      try FileHandle(forReadingFrom: inputFile), try Self.appending(to: outputFile),
      try Self.appending(to: errorFile),
    ]
    (process.standardInput, process.standardOutput, process.standardError) = (files[0], files[1], files[2])
    try await Spawner.shared.run(process)
    // The program has its own by now, and Foundation would keep ours for ever.
    for file in files { try file.close() }
  }

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
  var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) {
    if process.isRunning { _ = kill(pid, number) }
  }

  /// `kill -9`; returns when it is gone.
  func killHard() async throws {
    signal(SIGKILL)
    try await eventually("process \(pid) is gone") { !process.isRunning }
  }

  /// Its exit status, or the negative number of the signal that ended it.
  func status() async throws -> Int32 {
    try await eventually("process \(pid) has ended") { !process.isRunning }
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Nothing of the developer's own settings reaches the program. A crash is told by its status; the backtrace
  /// of a debug build takes seconds.
  private static let environment = [
    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
    "TMPDIR": FileManager.default.temporaryDirectory.path, "HOME": "/nonexistent",
    "SWIFT_BACKTRACE": "enable=no",
  ]

  private static func appending(to file: URL) throws -> FileHandle {
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

/// Starts programs on one thread that never ends: the kernel's death signal goes out when the *thread* that
/// started a program ends (prctl(2), PR_SET_PDEATHSIG), and those of the concurrency pool come and go.
private final class Spawner: Sendable {
  static let shared = Spawner()

  private let jobs = Mutex<[@Sendable () -> Void]>([])
  private let arrived = DispatchSemaphore(value: 0)

  private init() {
    Thread.detachNewThread { [self] in
      // Programs inherit what is blocked here, and Dispatch blocks everything on its threads.
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)
      while true {
        arrived.wait()
        jobs.withLock { $0.removeFirst() }()
      }
    }
  }

  func run(_ process: Process) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      jobs.withLock { $0.append { continuation.resume(with: Result { try start(process) }) } }
      arrived.signal()
    }
  }
}
