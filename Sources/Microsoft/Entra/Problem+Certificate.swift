import Core

extension Problem {
  /// What makes a PEM text usable as an app's proof.
  enum CertificateRemedy {
    case both
    case another
    case other(String)
  }

  /// Why a PEM text cannot prove who an app is. No part of the text is in the words.
  static func certificate(_ summary: String, remedy: CertificateRemedy = .both) -> Problem {
    let words =
      switch remedy {
      case .both:
        "Paste both parts in one text: the certificate that is uploaded to the app, from BEGIN CERTIFICATE, and "
          + "its private key, from BEGIN PRIVATE KEY."
      case .another:
        "Make another with “openssl req -x509 -newkey rsa:3072 -nodes -days 730 -subj /CN=heliograph -keyout "
          + "key.pem -out cert.pem”, upload cert.pem to the app, and paste both files here."
      case .other(let text): text
      }
    return Problem(.appCertificateInvalid, summary, remedy: words)
  }
}
