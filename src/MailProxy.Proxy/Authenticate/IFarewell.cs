using MailProxy.Proxy.Failures;

namespace MailProxy.Proxy.Authenticate;

/// <summary>Whoever can say goodbye in the client's protocol.</summary>
internal interface IFarewell
{
    /// <summary>The protocol's own farewell.</summary>
    ValueTask GoodbyeAsync(ProxyFailure failure, CancellationToken cancellationToken);
}
