using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.StoreLogin;

/// <summary>Picks the login method of a store.</summary>
public static class StoreLoginMethods
{
    /// <summary>What the catalog's meta key <c>login</c> says, else the proxy's default; null when the catalog's word is unknown.</summary>
    public static StoreLoginMethod? Of(StoreNode node, StoreLoginMethod fallback) => node.Login switch
    {
        null or "" => fallback,
        "external" => StoreLoginMethod.External,
        "token" => StoreLoginMethod.Token,
        "master" => StoreLoginMethod.Master,
        "password" => StoreLoginMethod.Password,
        "bearer" => StoreLoginMethod.Bearer,
        _ => null,
    };
}
