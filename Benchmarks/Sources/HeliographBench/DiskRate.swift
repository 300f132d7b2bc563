import Foundation
import Glibc

/// How often a second the disk under `folder` says that a small appended write is safe. Nothing that answers
/// after its message is on disk can do more of them one after the other.
func measureDiskRate(in folder: String, for length: Duration = .seconds(2)) throws -> Double {
  let path = folder + "/disk-rate"
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  guard file >= 0 else { throw Failure("\(path) cannot be written.") }
  defer {
    close(file)
    unlink(path)
  }
  // About what one small transaction appends to SQLite's write-ahead log.
  let block = [UInt8](repeating: 0x5a, count: 4096)
  let clock = ContinuousClock()
  let start = clock.now
  var count = 0
  while clock.now - start < length {
    guard write(file, block, block.count) == block.count, fdatasync(file) == 0 else {
      throw Failure("The disk takes no writes: \(String(cString: strerror(errno))).")
    }
    count += 1
  }
  return Double(count) / (clock.now - start).seconds
}

extension Duration {
  var seconds: Double { self / .seconds(1) }
}
