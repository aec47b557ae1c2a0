namespace MailProxy.Proxy.StoreLogin;

/// <summary>How the proxy logs in at a store on the user's behalf.</summary>
public enum StoreLoginMethod
{
    /// <summary>Mutual TLS and SASL EXTERNAL with the user as authorization identity: no password travels.</summary>
    External,

    /// <summary>SASL OAUTHBEARER (RFC 7628) with a token that the proxy signs for this one login: no password travels, and no client certificate is needed.</summary>
    Token,

    /// <summary>SASL PLAIN with authzid = user, authcid = the proxy's own account.</summary>
    Master,

    /// <summary>The client's own password is replayed; a client that came with a token has that sent, as for <see cref="Bearer"/>.</summary>
    Password,

    /// <summary>The client's own OAuth token is passed on by OAUTHBEARER, or by XOAUTH2 where the store offers only that. Who came with a password cannot be logged in so.</summary>
    Bearer,
}
