using System.Buffers;
using System.Globalization;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Store.Serving;

namespace MailProxy.Store.Lmtp;

/// <summary>MAIL, RCPT and DATA or BDAT: the transactions of a session, one after the other (RFC 2033 4.2, RFC 3030 2).</summary>
internal sealed class LmtpTransaction(LmtpSession session)
{
    private readonly LmtpReceiver _receiver = new(session.Peer, session.Options.DataIdleLimit);
    private LmtpEnvelope? _envelope;
    private LmtpMessage? _chunked;

    /// <summary>MAIL was taken.</summary>
    public bool IsOpen => _envelope is not null;

    /// <summary>Messages delivered so far.</summary>
    public int Delivered { get; private set; }

    /// <summary>Forgets the envelope and drops what came in chunks.</summary>
    public async ValueTask ForgetAsync()
    {
        _envelope = null;
        if (_chunked is { } message)
        {
            _chunked = null;
            await message.DisposeAsync();
        }
    }

    public ValueTask MailAsync(ReadOnlySequence<byte> argument)
    {
        if (_envelope is not null)
        {
            return session.Refuse(503, "5.5.1 A transaction is open already.");
        }

        _envelope = LmtpEnvelope.TryBegin(argument, session.Options.MessageSizeLimit, out var reply);
        return session.Reply(reply);
    }

    public ValueTask Recipient(ReadOnlySequence<byte> argument) =>
        _envelope is null || _chunked is not null
            ? session.Refuse(503, "5.5.1 MAIL comes first.")
            : session.Reply(_envelope.Add(argument, session.Options.RecipientLimit, session.Engine));

    public async ValueTask DataAsync(ReadOnlySequence<byte> argument)
    {
        if (!argument.IsEmpty)
        {
            await session.Refuse(501, "5.5.4 DATA takes nothing.");
            return;
        }

        // RFC 2033 4.2: without a recipient that was taken DATA fails.
        if (_chunked is not null || _envelope is not { Recipients.Count: > 0 })
        {
            await session.Refuse(503, _chunked is null ? "5.5.1 RCPT comes first." : "5.5.1 BDAT has begun.");
            return;
        }

        await using var message = await TryBeginAsync(_envelope);
        if (message is null)
        {
            return;
        }

        await session.Say(354, "Go ahead, end with a lone dot.");
        if (await _receiver.ReceiveDottedAsync(message))
        {
            await DeliverAsync(_envelope, message);
        }
        else
        {
            await Vanish();
        }
    }

    public async ValueTask ChunkAsync(ReadOnlySequence<byte> argument)
    {
        var status = BdatChunk.TryParse(argument, out var chunk);
        if (status != ReadStatus.Done)
        {
            // How many octets follow cannot be told, so the connection cannot go on.
            session.Bid(501, "5.5.4 BDAT takes a size and LAST, goodbye.", "bad BDAT");
            return;
        }

        if (_envelope is not { Recipients.Count: > 0 })
        {
            // RFC 3030 2: the octets have been sent whatever the reply will be.
            await (await _receiver.ReceiveChunkAsync(null, chunk.Size) ? session.Refuse(503, "5.5.1 RCPT comes first.") : Vanish());
            return;
        }

        var envelope = _envelope;
        _chunked ??= await TryBeginAsync(envelope, chunk.Size);
        if (_chunked is null)
        {
            return;
        }

        if (!await _receiver.ReceiveChunkAsync(_chunked, chunk.Size))
        {
            await Vanish();
        }
        else if (chunk.IsLast)
        {
            await DeliverAsync(envelope, _chunked);
        }
        else
        {
            await session.Say(250, string.Create(CultureInfo.InvariantCulture, $"2.0.0 {chunk.Size} octets received"));
        }
    }

    // Null: the reply was given, the transaction is over, and a chunk that came along is gone.
    private async ValueTask<LmtpMessage?> TryBeginAsync(LmtpEnvelope envelope, long chunk = 0)
    {
        try
        {
            return await LmtpMessage.BeginAsync(session.Engine, envelope, session.Options.MessageSizeLimit);
        }
        catch (Exception exception)
        {
            LmtpLog.StoreFailed(session.Logger, exception, "beginning a message", string.Join(", ", envelope.Recipients));
            var reply = LmtpMessage.Describe(exception);
            await ForgetAsync();
            await (await _receiver.ReceiveChunkAsync(null, chunk) ? session.Say(reply.Code, reply.Text) : Vanish());
            return null;
        }
    }

    private ValueTask Vanish()
    {
        LmtpLog.Vanished(session.Logger, session.ClientName);
        session.End("client within a message");
        return ValueTask.CompletedTask;
    }

    // RFC 2033 4.2: one reply for each RCPT that was taken, in their order.
    private async ValueTask DeliverAsync(LmtpEnvelope envelope, LmtpMessage message)
    {
        var from = ServedInterval.Clock(session.Time);
        var reply = await message.DeliverAsync();
        var until = ServedInterval.Clock(session.Time);
        var recipients = string.Join(", ", envelope.Recipients);
        if (message.Fault is not null)
        {
            LmtpLog.StoreFailed(session.Logger, message.Fault, "taking a message", recipients);
        }

        LmtpLog.Answered(session.Logger, session.ClientName, session.Origin, envelope.Sender, recipients, message.Size, reply.Code, reply.Text);
        foreach (var (excluded, own) in message.Excluded)
        {
            LmtpLog.Excluded(session.Logger, excluded, own.Code, own.Text);
        }

        foreach (var repeat in message.Repeats)
        {
            LmtpLog.Repeated(session.Logger, repeat, envelope.Sender, message.Size, session.Origin);
        }

        LmtpMetrics.Repeated(message.Repeats.Count);
        Delivered += reply.IsPositive && !envelope.Recipients.TrueForAll(message.Excluded.ContainsKey) ? 1 : 0;
        foreach (var recipient in envelope.Recipients)
        {
            var own = message.Excluded.GetValueOrDefault(recipient, reply);
            await session.Say(own.Code, own.IsPositive ? $"2.1.5 <{recipient}> delivered" : own.Text);
            if (own.IsPositive)
            {
                ServingLog.Delivered(session.Logger, recipient, session.ClientName, session.Origin);
                ServingLog.DeliveredWithin(session.Logger, recipient, from, until);
            }
        }

        await ForgetAsync();
    }
}
