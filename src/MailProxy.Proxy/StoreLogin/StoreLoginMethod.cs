namespace MailProxy.Proxy.StoreLogin;

/// <summary>How the proxy logs in at a store on the user's behalf.</summary>
public enum StoreLoginMethod
{
    /// <summary>Mutual TLS and SASL EXTERNAL with the user as authorization identity: no password travels.</summary>
    External,

    /// <summary>SASL PLAIN with authzid = user, authcid = the proxy's own account.</summary>
    Master,

    /// <summary>The client's own password is replayed.</summary>
    Password,
}
