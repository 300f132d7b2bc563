package import Core

/// Why a PEM text cannot prove who an app is. No part of the text is in the words.
package struct CertificateProblem: Problem, Hashable {
  package let summary: String
  package let remedy: String?
  package var code: ProblemCode { .appCertificateInvalid }
  package var retry: Retry { .futile }
  package var actor: Responsible? { .appOwner }

  /// What mends it.
  enum Remedy {
    case both
    case another
    case other(String)
  }

  init(_ summary: String, remedy: Remedy = .both) {
    self.summary = summary
    self.remedy =
      switch remedy {
      case .both:
        "Paste both parts in one text: the certificate that is uploaded to the app, from BEGIN CERTIFICATE, and "
          + "its private key, from BEGIN PRIVATE KEY."
      case .another:
        "Make another with “openssl req -x509 -newkey rsa:3072 -nodes -days 730 -subj /CN=heliograph -keyout "
          + "key.pem -out cert.pem”, upload cert.pem to the app, and paste both files here."
      case .other(let text): text
      }
  }
}
