using System.Text;
using MailProxy.Protocols.Sasl;
using MailProxy.Proxy.Connect;

namespace MailProxy.Proxy.StoreLogin;

/// <summary>What the proxy says in SASL at a store, the same in every protocol.</summary>
internal static class StoreSasl
{
    /// <summary>The mechanism of a method.</summary>
    public static string Mechanism(StoreLoginMethod method) => method == StoreLoginMethod.External ? "EXTERNAL" : "PLAIN";

    /// <summary>The client's first message, base64.</summary>
    public static string Response(StoreLeg leg) => leg.Method switch
    {
        // RFC 4422 A: the message is the authorization identity and nothing else.
        StoreLoginMethod.External => Convert.ToBase64String(Encoding.UTF8.GetBytes(leg.User)),
        StoreLoginMethod.Master => Encode(new SaslPlain(leg.User, leg.Master!.User, leg.Master.Password.Octets.ToArray())),
        _ => Encode(new SaslPlain("", leg.User, leg.Password.Octets.ToArray())),
    };

    private static string Encode(SaslPlain plain)
    {
        var message = plain.ToMessage();
        var text = Convert.ToBase64String(message);
        Array.Clear(message);
        Array.Clear(plain.Password);
        return text;
    }
}
