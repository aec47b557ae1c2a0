using MailProxy.Directory;

namespace MailProxy.Proxy.StoreLogin;

/// <summary>Makes the tokens of <see cref="StoreLoginMethod.Token"/>.</summary>
public interface IStoreTokenSigner
{
    /// <summary>A token for one login, good for a minute and for one use; the caller disposes it.</summary>
    /// <param name="store">The store's id: no other store takes the token.</param>
    /// <param name="user">Canonical name to act as.</param>
    /// <param name="protocol">One of <see cref="ProtocolNames"/>, or <c>http</c>.</param>
    /// <param name="sessionId">For the store's log.</param>
    Secret Sign(string store, string user, string protocol, string sessionId);
}
