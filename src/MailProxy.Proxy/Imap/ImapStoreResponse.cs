using System.Buffers;
using MailProxy.Protocols;
using MailProxy.Protocols.Imap;

namespace MailProxy.Proxy.Imap;

/// <summary>What a store said, and the capabilities that came with it, wherever it put them.</summary>
/// <param name="Response">The response.</param>
/// <param name="Capabilities">Of a CAPABILITY code or of CAPABILITY data; null: it said nothing of them.</param>
internal sealed record ImapStoreResponse(ImapResponse Response, ImapCapabilities? Capabilities)
{
    // A store's greeting and verdict are short; a store that sends more before login is broken.
    private const int Limit = 65_536;

    /// <summary>Reads one response.</summary>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, out ImapStoreResponse? value, out SequencePosition end)
    {
        var status = ImapResponseReader.TryRead(buffer, Limit, out var response, out end);
        value = status == ReadStatus.Done ? new(response!, CapabilitiesOf(response!)) : null;
        return status;
    }

    private static ImapCapabilities? CapabilitiesOf(ImapResponse response)
    {
        if (response.Code is { } code && code.StartsWith("CAPABILITY ", StringComparison.OrdinalIgnoreCase))
        {
            return ImapCapabilities.Parse(code);
        }

        return response is { Kind: ImapResponseKind.Untagged, Status: "" } && response.Text.StartsWith("CAPABILITY ", StringComparison.OrdinalIgnoreCase)
            ? ImapCapabilities.Parse(response.Text)
            : null;
    }
}
