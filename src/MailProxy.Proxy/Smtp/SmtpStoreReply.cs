using System.Buffers;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Proxy.Smtp;

/// <summary>What a store replied, and what it offers if that was EHLO's or LHLO's reply.</summary>
/// <param name="Reply">The reply.</param>
internal sealed record SmtpStoreReply(SmtpReply Reply)
{
    private const int Limit = 16_384;

    private SmtpExtensions? _extensions;

    /// <summary>The reply read as one to EHLO or LHLO: its first line names the store, the others offer something.</summary>
    public SmtpExtensions Extensions => _extensions ??= new SmtpExtensions(Reply.Lines.Skip(1));

    /// <summary>Reads one reply.</summary>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, out SmtpStoreReply? value, out SequencePosition end)
    {
        var status = SmtpReply.TryRead(buffer, Limit, out var reply, out end);
        value = status == ReadStatus.Done ? new(reply!) : null;
        return status;
    }
}
