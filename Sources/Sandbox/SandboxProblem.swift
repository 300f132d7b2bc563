package import Core

/// Why a sandbox does not start.
package enum SandboxProblem: Problem {
  case remoteHost(String)
  case portInUse(Int)
  case noDataDirectory

  package var code: ProblemCode {
    switch self {
    case .remoteHost, .noDataDirectory: .configurationInvalid
    case .portInUse: .serverPortInUse
    }
  }

  package var summary: String {
    switch self {
    case .remoteHost(let host):
      "The sandbox has no passwords and would be open to everyone who reaches '\(host)'."
    case .portInUse(let port): "Port \(port) is taken by another program."
    case .noDataDirectory: "TLS needs a data folder for its certificate authority."
    }
  }

  package var remedy: String? {
    switch self {
    case .remoteHost: "Leave --host at 127.0.0.1, or add --allow-remote on a network that you trust."
    case .portInUse: "Stop that program or choose another port."
    case .noDataDirectory: "Set --data."
    }
  }

  package var retry: Retry { .futile }
}
