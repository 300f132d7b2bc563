package import Foundation
import Synchronization

private let starting = Mutex(())

/// Runs it, and no other at the same moment: `Process.run` of two threads at once was seen to crash in Foundation.
package func start(_ process: Process) throws {
  try starting.withLock { _ in try process.run() }
}
