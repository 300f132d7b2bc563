package import Core

/// A setting that says where or how to reach Microsoft, and cannot be used.
package struct EndpointProblem: Problem, Hashable {
  package let summary: String
  package let remedy: String?
  package var code: ProblemCode { .configurationInvalid }
  package var retry: Retry { .futile }

  init(invalid value: String, because reason: String) {
    summary = "The Microsoft URL “\(value)” \(reason)."
    remedy = "Use an https URL, or http with localhost, 127.0.0.1 or [::1]."
  }

  init(trustRoots path: String) {
    summary = "The certificate file “\(path)” cannot be read as PEM."
    remedy = "Name a file that holds one or more certificates between BEGIN and END CERTIFICATE lines."
  }
}
