using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Http;

/// <summary>How stores are dialled.</summary>
/// <param name="Authorities">Trusted CAs; null: the system's.</param>
/// <param name="ClientCertificate">By it stores know that <c>X-MailProxy-User</c> is ours to say; null: none.</param>
/// <param name="Tokens">For stores that take tokens instead; null: there are none.</param>
public sealed record StoreHttpClientSettings(X509Certificate2Collection? Authorities, X509Certificate2? ClientCertificate, StoreTokenSource? Tokens = null);
