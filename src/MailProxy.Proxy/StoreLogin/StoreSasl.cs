using System.Buffers.Text;
using System.Text;
using MailProxy.Protocols.Sasl;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.StoreLogin;

/// <summary>What the proxy says in SASL at a store, the same in every protocol.</summary>
internal static class StoreSasl
{
    /// <summary>The mechanism of a method.</summary>
    public static string Mechanism(StoreLoginMethod method) => method == StoreLoginMethod.External ? "EXTERNAL" : "PLAIN";

    /// <summary>The client's first message, base64. Whoever sent it clears it.</summary>
    public static byte[] Response(StoreLeg leg) => leg.Method switch
    {
        // RFC 4422 A: the message is the authorization identity and nothing else.
        StoreLoginMethod.External => Encode(Encoding.UTF8.GetBytes(leg.User)),
        StoreLoginMethod.Master => Encode(new SaslPlain(leg.User, leg.Master!.User, leg.Master.Password.Octets.ToArray())),
        _ => Encode(new SaslPlain("", leg.User, leg.Password.Octets.ToArray())),
    };

    /// <summary>Sends the message with what comes before it on the line, and forgets it.</summary>
    public static ValueTask<bool> SendAsync(MailWire store, string before, byte[] response, CancellationToken cancellationToken)
    {
        store.Write(before).Write(response);
        Array.Clear(response);
        return store.SendAsync("\r\n", cancellationToken);
    }

    private static byte[] Encode(SaslPlain plain)
    {
        var text = Encode(plain.ToMessage());
        Array.Clear(plain.Password);
        return text;
    }

    private static byte[] Encode(byte[] message)
    {
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(message.Length)];
        Base64.EncodeToUtf8(message, text, out _, out _);
        Array.Clear(message);
        return text;
    }
}
