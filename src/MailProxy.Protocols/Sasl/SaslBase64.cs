using System.Buffers;

namespace MailProxy.Protocols.Sasl;

/// <summary>Base64 as SASL profiles put it on a line (RFC 4422, RFC 4648): one line, padding required, nothing else accepted.</summary>
public static class SaslBase64
{
    /// <summary>Decodes a response line. A lone <c>=</c> is the empty response when <paramref name="initialResponse"/>; <c>*</c> must have been handled before.</summary>
    /// <param name="text">The line's octets.</param>
    /// <param name="initialResponse">True for the response that travelled with the command.</param>
    /// <param name="limit">Most decoded octets; beyond it TooLong.</param>
    /// <param name="value">Decoded octets; the caller clears them.</param>
    public static ReadStatus TryDecode(in ReadOnlySequence<byte> text, bool initialResponse, int limit, out byte[] value) => throw new NotImplementedException();
}
