using System.Text;

namespace MailProxy.Protocols.Sasl;

// client-final-message = "c=" base64 "," "r=" nonce *("," extension) "," "p=" base64           RFC 5802 7

/// <summary>The last message of a SCRAM client.</summary>
/// <param name="Binding">cbind-input: the gs2-header and, when one is used, the channel binding.</param>
/// <param name="Nonce">The whole one.</param>
/// <param name="Proof">ClientProof: as long as the hash.</param>
/// <param name="WithoutProof">The message up to its proof, as it came: it is signed.</param>
public sealed record ScramClientFinal(ReadOnlyMemory<byte> Binding, string Nonce, ReadOnlyMemory<byte> Proof, string WithoutProof)
{
    /// <summary>Parses the decoded message. Malformed: anything that is not this grammar.</summary>
    public static ReadStatus TryParse(ReadOnlySpan<byte> message, out ScramClientFinal? final)
    {
        final = null;
        if (!ScramAttributes.TryText(message, out var text) || text.Split(',') is not [var channel, var random, .., var last] parts || parts.Length < 3
            || !ScramAttributes.TryValue(channel, 'c', out var encoded) || !ScramAttributes.TryBase64(encoded, out var binding)
            || !ScramAttributes.TryNonce(random, out var nonce)
            || !ScramAttributes.AreExtensions(parts.AsSpan(2, parts.Length - 3))
            || !ScramAttributes.TryValue(last, 'p', out var value) || !ScramAttributes.TryBase64(value, out var proof))
        {
            return ReadStatus.Malformed;
        }

        final = new(binding, nonce, proof, text[..^(last.Length + 1)]);
        return ReadStatus.Done;
    }

    /// <summary>True when the binding is what the connection and the first message make of it.</summary>
    /// <param name="header">The gs2-header of the first message.</param>
    /// <param name="channel">The channel binding of this connection; empty when none is used.</param>
    public bool Binds(string header, ReadOnlySpan<byte> channel)
    {
        var expected = Encoding.UTF8.GetBytes(header);
        return System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Binding.Span, [.. expected, .. channel]);
    }
}
