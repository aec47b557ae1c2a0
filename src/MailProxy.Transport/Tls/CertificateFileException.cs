namespace MailProxy.Transport.Tls;

/// <summary>A certificate or key file that is missing or not what it should be. The message is one sentence for the operator.</summary>
public sealed class CertificateFileException(string message, Exception? inner = null) : IOException(message, inner);
