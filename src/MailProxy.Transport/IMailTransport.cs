using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport;

/// <summary>One way to accept and dial. Every connection it makes has <see cref="Tls.ITlsFeature"/> and <see cref="Splice.ISpliceFeature"/>.</summary>
public interface IMailTransport : IConnectionListenerFactory, IConnectionFactory
{
    /// <summary><c>portable</c>, <c>linux</c> or <c>memory</c>.</summary>
    string Name { get; }
}
