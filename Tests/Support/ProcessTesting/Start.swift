package import Foundation
import Synchronization

private let starting = Mutex(())

/// Runs it, and no other at the same moment.
///
/// `Process.run` reads the list of open files, and crashes in Swift 6.3 when there are more than some 1360 of them: a
/// test closes what it opens.
package func start(_ process: Process) throws {
  try starting.withLock { _ in try process.run() }
}
