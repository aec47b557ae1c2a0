using System.Text;
using MailProxy.Protocols.Smtp;
using MailProxy.Store.Engine;
using MailProxy.Store.Serving;

namespace MailProxy.Store.Lmtp;

/// <summary>
/// A message on its way into the engine: one draft for all recipients, written as the pieces come. What is wrong with it is remembered and
/// becomes the answer behind its end; the rest of it is read and forgotten. Disposed without a delivery, nothing remains.
/// </summary>
internal sealed class LmtpMessage : IAsyncDisposable
{
    private readonly IStoreEngine _engine;
    private readonly LmtpEnvelope _envelope;
    private readonly long _sizeLimit;
    private readonly IMessageDraft _draft;
    private readonly LineEndScanner _lineEnds = new();
    private readonly CopyDigest? _copy;

    private LmtpMessage(IStoreEngine engine, LmtpEnvelope envelope, long sizeLimit, IMessageDraft draft)
    {
        _engine = engine;
        _envelope = envelope;
        _sizeLimit = sizeLimit;
        _draft = draft;
        _copy = engine.KnowsRepeats ? new CopyDigest(envelope.Sender) : null;
    }

    /// <summary>Octets as the client sent them, without our header line.</summary>
    public long Size { get; private set; }

    /// <summary>Why it cannot be delivered; null while it can.</summary>
    public LmtpReply? Refusal { get; private set; }

    /// <summary>Recipients to whom it could not be delivered though it went to the others, with their replies.</summary>
    public Dictionary<string, LmtpReply> Excluded { get; } = new(StringComparer.Ordinal);

    /// <summary>Recipients who have had this copy already: it was not stored again.</summary>
    public IReadOnlyList<string> Repeats { get; private set; } = [];

    /// <summary>The engine's fault behind <see cref="Refusal"/>, for the log.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Begins the draft. Engine faults are thrown.</summary>
    public static async ValueTask<LmtpMessage> BeginAsync(IStoreEngine engine, LmtpEnvelope envelope, long sizeLimit)
    {
        var message = new LmtpMessage(engine, envelope, sizeLimit, await engine.BeginMessageAsync(CancellationToken.None));

        // RFC 5321 4.4: the server that makes final delivery puts Return-Path in front. The path's grammar leaves no way to add a line.
        await message.WriteThroughAsync(Encoding.UTF8.GetBytes($"Return-Path: <{envelope.Sender}>\r\n"));
        return message;
    }

    /// <summary>The reply to a message over the limit.</summary>
    public static LmtpReply TooLarge(long sizeLimit) => new(552, $"5.3.4 The message is larger than {sizeLimit} octets.");

    /// <summary>The reply to a fault of the engine.</summary>
    public static LmtpReply Describe(Exception fault) => fault is StoreFaultException { Kind: var kind }
        ? kind switch
        {
            StoreFaultKind.DiskFull => new(452, "4.3.1 The store is full, please try again later."),
            StoreFaultKind.Limit => new(552, "5.3.4 The message passes a limit of this store."),
            StoreFaultKind.UserHeld => new(450, "4.2.1 This user is being moved, please try again in a moment."),
            StoreFaultKind.UserMoved => fault is StoreFaultException { Referral: { LmtpPort: { } port } to, User: var user }
                ? new(550, $"5.2.900 {Referrals.Lmtp(user, to.Host, port)}")
                : new(450, "4.2.1 This user is on another server, please try again later."),
            _ => new(451, "4.3.0 The store failed, please try again later."),
        }
        : new(451, "4.3.0 The store failed, please try again later.");

    /// <summary>Takes the next octets of a BDAT chunk, and judges their line ends.</summary>
    public ValueTask WriteChunkAsync(ReadOnlyMemory<byte> octets)
    {
        _lineEnds.Scan(octets.Span);
        return WriteAsync(octets);
    }

    /// <summary>Takes the next octets.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> octets)
    {
        Size += octets.Length;
        if (Size > _sizeLimit)
        {
            Refusal ??= TooLarge(_sizeLimit);
        }

        if (Refusal is null)
        {
            _copy?.Append(octets.Span);
            await WriteThroughAsync(octets);
        }
    }

    /// <summary>RFC 5321 2.3.8: a message with bare CR or LF is refused for good, so that nobody behind us sees another end in it.</summary>
    public void RefuseLineEnds() => Refusal ??= new(554, "5.6.0 Lines must end in CRLF; a bare CR or LF is not accepted.");

    /// <summary>The message is whole: delivers it to all its recipients or none. Durable when the reply is positive.</summary>
    public async ValueTask<LmtpReply> DeliverAsync()
    {
        _lineEnds.End();
        if (_lineEnds.HasBareLineEnd)
        {
            RefuseLineEnds();
        }

        if (Refusal is null)
        {
            try
            {
                // A client that goes away now may have been promised nothing, but half a delivery is none: it is not cancelled.
                await _draft.CompleteAsync(CancellationToken.None);
                await DeliverAsync(_envelope.Recipients.Distinct(StringComparer.Ordinal).ToList(), _copy?.End());
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
        }

        return Refusal ?? new(250, "2.1.5 Delivered");
    }

    // A recipient who is held, or left, since RCPT is answered alone: the others have their mail.
    private async ValueTask DeliverAsync(List<string> recipients, byte[]? digest)
    {
        while (recipients.Count > 0)
        {
            try
            {
                Repeats = await _engine.DeliverAsync(_draft, recipients, digest, CancellationToken.None);
                return;
            }
            catch (StoreFaultException fault) when (fault.Kind is StoreFaultKind.UserHeld or StoreFaultKind.UserMoved && recipients.Remove(fault.User))
            {
                // 550 after the dot would bounce a message that the next attempt delivers.
                Excluded[fault.User] = Describe(fault) is { Code: < 500 } temporary ? temporary : new(450, "4.2.1 This user is being moved, please try again in a moment.");
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _copy?.Dispose();
        return _draft.DisposeAsync();
    }

    private async ValueTask WriteThroughAsync(ReadOnlyMemory<byte> octets)
    {
        try
        {
            await _draft.WriteAsync(octets, CancellationToken.None);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception fault)
    {
        Fault ??= fault;
        Refusal ??= Describe(fault);
    }
}
