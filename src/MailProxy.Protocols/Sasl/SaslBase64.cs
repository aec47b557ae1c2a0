using System.Buffers;
using System.Buffers.Text;

namespace MailProxy.Protocols.Sasl;

/// <summary>Base64 as SASL profiles put it on a line (RFC 4422, RFC 4648): one line, padding required, nothing else accepted.</summary>
public static class SaslBase64
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    /// <summary>Decodes a response line. A lone <c>=</c> is the empty response when <paramref name="initialResponse"/>; <c>*</c> must have been handled before.</summary>
    /// <param name="text">The line's octets.</param>
    /// <param name="initialResponse">True for the response that travelled with the command.</param>
    /// <param name="limit">Most decoded octets; beyond it TooLong.</param>
    /// <param name="value">Decoded octets; the caller clears them.</param>
    public static ReadStatus TryDecode(in ReadOnlySequence<byte> text, bool initialResponse, int limit, out byte[] value)
    {
        value = [];
        if (text.Length == 0)
        {
            // RFC 5034 4, RFC 4954 4: an empty initial response is written "="; behind a challenge it is the empty line.
            return initialResponse ? ReadStatus.Malformed : ReadStatus.Done;
        }

        if (initialResponse && text.Length == 1 && text.FirstSpan[0] == '=')
        {
            return ReadStatus.Done;
        }

        // Judged before anything is allocated: a limit of n octets can take no more than 4 * ceil(n / 3) characters.
        if (text.Length > ((limit + 2L) / 3) * 4)
        {
            return ReadStatus.TooLong;
        }

        var encoded = text.ToArray();
        var decoded = new byte[(encoded.Length / 4 * 3) + 3];
        try
        {
            // The decoder skips white space; here it is none of the grammar.
            if (encoded.Length % 4 != 0 || encoded.AsSpan().IndexOfAnyExcept(Alphabet) >= 0
                || Base64.DecodeFromUtf8(encoded, decoded, out _, out var written) != OperationStatus.Done)
            {
                return ReadStatus.Malformed;
            }

            if (written > limit)
            {
                return ReadStatus.TooLong;
            }

            value = decoded.AsSpan(0, written).ToArray();
            return ReadStatus.Done;
        }
        finally
        {
            Array.Clear(encoded);
            Array.Clear(decoded);
        }
    }
}
