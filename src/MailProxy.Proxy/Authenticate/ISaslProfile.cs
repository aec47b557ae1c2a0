using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Authenticate;

/// <summary>What a protocol's profile of SASL (RFC 4422 4) has of its own where responses are strings and not lines.</summary>
internal interface ISaslProfile
{
    /// <summary>The client's next response, still base64.</summary>
    ValueTask<WireRead<byte[]>> ReadResponseAsync(CancellationToken cancellationToken);

    /// <summary>The mechanism's last word, base64, which goes with the verdict when that is yes.</summary>
    void KeepLastWord(string word);
}
