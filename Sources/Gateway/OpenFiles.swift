import Foundation
import Logging

/// How many descriptors this process may have open.
enum OpenFiles {
  /// Raises the limit as far as the system allows without privileges.
  ///
  /// - Returns: What it is now.
  static func raiseLimit(_ logger: Logger) -> Int {
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return leastExpected }
    let before = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    let isRaised = setrlimit(resource, &limit) == 0
    let now = isRaised ? limit.rlim_cur : before
    logger.debug(
      "The limit of open files was checked.", metadata: ["limit": "\(now)", "before": "\(before)"])
    return Int(clamping: now)
  }

  /// The default soft limit on Linux.
  private static let leastExpected = 1024

  #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let resource = RLIMIT_NOFILE
  #endif
}
