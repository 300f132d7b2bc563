import Foundation

/// What started this program as a service, such as systemd with `Type=notify`; the protocol is in sd_notify(3).
enum ServiceManager {
  /// Says that the service is ready, if anybody has asked to be told.
  static func tellReady() {
    var name = Array((ProcessInfo.processInfo.environment["NOTIFY_SOCKET"] ?? "").utf8)
    // Stands for the zero byte with which an abstract name begins.
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard !name.isEmpty, name.count < capacity else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size - capacity + name.count)
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let message = Array("READY=1".utf8)
    withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        // Nothing can be done if nobody listens; the manager then decides that the start has failed.
        _ = sendto(descriptor, message, message.count, 0, address, length)
      }
    }
  }
}
