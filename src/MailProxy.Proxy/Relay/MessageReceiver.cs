using System.Buffers;
using System.Globalization;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Relay;

/// <summary>Takes one message from the client, by DATA or BDAT, hands it to the fan-out as it comes, and turns the stores' verdicts into the answer.</summary>
internal sealed class MessageReceiver(
    string id, RelayTransaction transaction, SessionContext session, SessionServices services, RelayPolicy policy, MilterChain? milters)
{
    private const string NotAll = "4.4.0 Not every recipient's server took the message, please try again later.";

    // Stores wait 5 min for the next command (RFC 5321 4.5.3.2.7), foreign ones less.
    private static readonly TimeSpan StorePatience = TimeSpan.FromMinutes(1);

    private const int PieceOctets = 64 * 1024;

    private readonly long _startedAt = services.Time.GetTimestamp();

    // With milters it only judges at first: the stores hear of the message when they have.
    private readonly MessageFanOut _fanOut = new(milters is null ? transaction.Targets : [], services.Settings.Limits, services.Time);
    private RelayReply? _notKept;

    /// <summary>Asks the stores for the go-ahead.</summary>
    public ValueTask BeginAsync() => milters is null ? _fanOut.BeginAsync(Trace()) : ValueTask.CompletedTask;

    private byte[] Trace() => TraceHeader.Format(
        transaction.Helo,
        session.Client?.Address,
        services.Settings.HostName,
        policy.With(session.IsPrivate),
        id,
        services.Time.GetUtcNow(),
        policy.IsAuthenticated && services.Settings.Submission.TraceUser ? session.User : null);

    /// <summary>Reads up to the dot on a line of its own. False: the client went away before it, so nothing is kept anywhere.</summary>
    public async ValueTask<bool> ReceiveDottedAsync(MailWire wire)
    {
        var dots = new DotReader();
        var piece = new ArrayBufferWriter<byte>(16_384);
        while (true)
        {
            var (buffer, isCompleted) = await ReadAsync(wire);
            if (buffer.IsEmpty && isCompleted)
            {
                return false;
            }

            piece.ResetWrittenCount();
            var status = dots.TryRead(buffer, piece, out var consumed);
            wire.Input.AdvanceTo(consumed);
            if (dots.HasBareLineEnd)
            {
                _fanOut.RefuseLines();
            }

            if (piece.WrittenCount > 0)
            {
                await TakeAsync(piece.WrittenMemory);
            }

            if (status == ReadStatus.Done)
            {
                return true;
            }

            if (isCompleted)
            {
                return false;
            }
        }
    }

    /// <summary>Reads one BDAT chunk of <paramref name="size"/> octets. False: the client went away.</summary>
    public async ValueTask<bool> ReceiveChunkAsync(MailWire wire, long size)
    {
        while (size > 0)
        {
            var (buffer, isCompleted) = await ReadAsync(wire);
            var part = buffer.Slice(0, Math.Min(size, buffer.Length));
            foreach (var piece in part)
            {
                await TakeAsync(piece);
            }

            size -= part.Length;
            wire.Input.AdvanceTo(part.End);
            if (size > 0 && isCompleted)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads and forgets a chunk that nobody wants. False: the client went away.</summary>
    public static async ValueTask<bool> SkipAsync(MailWire wire, long size, LimitOptions limits, TimeProvider time)
    {
        while (size > 0)
        {
            var (buffer, isCompleted) = await ReadAsync(wire, limits, time);
            var part = buffer.Slice(0, Math.Min(size, buffer.Length));
            size -= part.Length;
            wire.Input.AdvanceTo(part.End);
            if (size > 0 && isCompleted)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The message is here: lets the stores have it and says what became of it, in one reply or (LMTP) one per recipient.</summary>
    public async ValueTask<string> AnswerAsync()
    {
        _fanOut.Complete();
        if ((_fanOut.Refusal ?? _notKept) is { } refusal)
        {
            return Refuse(refusal);
        }

        if (milters is not null && await FilterAsync(milters) is { } filtered)
        {
            return Refuse(filtered);
        }

        if (!policy.IsLmtp && _fanOut.IsBroken)
        {
            // The answer can only be "again", so nobody is given the message now: the repeat would be a second copy.
            var again = new RelayReply(451, NotAll);
            Report([.. transaction.Recipients.Select(_ => again)], again);
            return again.Line;
        }

        var verdicts = await _fanOut.EndAsync();
        var replies = transaction.Recipients.Select(recipient => Combine(recipient.Places.Select(place => verdicts[place.Target][place.Index]))).ToList();
        var single = Combine(replies);
        var isSame = replies.TrueForAll(reply => reply.Code / 100 == replies[0].Code / 100);

        // Where stores differ one SMTP answer cannot be true for all: the sender repeats, nothing is lost.
        var answer = isSame ? single : new RelayReply(451, NotAll);
        if (single.IsPositive)
        {
            session.Messages++;
        }

        answer = answer.IsPositive ? new RelayReply(250, $"2.0.0 OK, message {id}") : answer;
        Report(replies, answer);
        return policy.IsLmtp ? string.Concat(replies.Zip(transaction.Recipients, Line)) : answer.Line;
    }

    private string Refuse(RelayReply refusal)
    {
        var lines = policy.IsLmtp ? transaction.Recipients.Select(_ => refusal) : [refusal];
        Report([.. transaction.Recipients.Select(_ => refusal)], refusal);
        return string.Concat(lines.Select(line => line.Line));
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> piece)
    {
        await _fanOut.WriteAsync(piece);
        if (milters is not null && _fanOut.Refusal is null && _notKept is null)
        {
            _notKept = await milters.AppendAsync(piece);
        }
    }

    // What ends it here, a message that was discarded with its 250 too; null: the stores have all of it but its end.
    private async ValueTask<RelayReply?> FilterAsync(MilterChain chain)
    {
        var envelope = new EditedEnvelope(transaction.Envelope, transaction.Recipients.Select(recipient => recipient.Address));
        var judged = await chain.JudgeAsync(envelope);
        if (judged.Message is not { } message || envelope.Recipients.Count == 0)
        {
            return judged.Refusal ?? new RelayReply(250, $"2.0.0 OK, message {id}");
        }

        if (chain.HasRefusedRecipients || envelope.IsEdited || services.Time.GetElapsedTime(_startedAt) > StorePatience)
        {
            if (await transaction.BeginAgainAsync(envelope.Envelope, envelope.Recipients, IsNeeded, policy.MayLeave) is { } refusal)
            {
                return refusal;
            }
        }

        _fanOut.Aim(transaction.Targets);
        await _fanOut.BeginAsync(Trace());
        if (message.IsEdited)
        {
            await _fanOut.PassOnAsync(message.Header.ToOctets());
        }

        var piece = new byte[PieceOctets];
        for (var position = message.IsEdited ? message.BodyStart : 0; ;)
        {
            var length = await chain.ReadAsync(message.Body, position, piece);
            if (length <= 0)
            {
                // Cut, the stores keep nothing.
                return length < 0 ? RelayReply.Of(ProxyFailure.StoreTemporaryFailure) : null;
            }

            position += length;
            await _fanOut.PassOnAsync(piece.AsMemory(0, length));
        }

        bool IsNeeded(string address, RelayReply reply)
        {
            if (envelope.IsAdded(address))
            {
                MilterLog.NotAdded(services.Logger, session.Listener.Name, session.Id, address, $"{reply.Code} {reply.Text}");
            }

            return !envelope.IsAdded(address);
        }
    }

    private static string Line(RelayReply reply, RelayRecipient recipient) =>
        reply.IsPositive ? $"250 2.1.5 <{recipient.Address}> OK\r\n" : reply.Line;

    // The worst for the sender wins: temporary before permanent, because what can still succeed must be tried again.
    private static RelayReply Combine(IEnumerable<RelayReply> replies)
    {
        var all = replies.ToList();
        return all.Find(reply => reply.IsTemporary) ?? all.Find(reply => !reply.IsPositive) ?? all[0];
    }

    // One octet every few minutes is a message as well, but not one that stores are kept busy for.
    private ValueTask<(ReadOnlySequence<byte> Buffer, bool IsCompleted)> ReadAsync(MailWire wire) =>
        services.Time.GetElapsedTime(_startedAt) < services.Settings.Limits.RelayMessage
            ? ReadAsync(wire, services.Settings.Limits, services.Time)
            : throw new OperationCanceledException("The message took too long.");

    private static async ValueTask<(ReadOnlySequence<byte> Buffer, bool IsCompleted)> ReadAsync(MailWire wire, LimitOptions limits, TimeProvider time)
    {
        using var idle = new CancellationTokenSource(limits.RelayIdle, time);
        var result = await wire.Input.ReadAsync(idle.Token);
        return (result.Buffer, result.IsCompleted);
    }

    private void Report(List<RelayReply> replies, RelayReply answer)
    {
        var text = new StringBuilder();
        for (var i = 0; i < replies.Count; i++)
        {
            var stores = string.Join('+', transaction.Recipients[i].Places.Select(place => place.Target.Name).Distinct());
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}<{transaction.Recipients[i].Address}> {stores} {replies[i].Code}");
        }

        foreach (var target in transaction.Targets.Where(target => target.Fault is not null))
        {
            text.Append(CultureInfo.InvariantCulture, $"; {target.Name}: {target.FaultDetail}");
        }

        services.Metrics.Relayed(session.Listener.Name, answer.Code);
        SessionLog.Relayed(services.Logger, session.Listener.Name, id, session.Id, transaction.Envelope.Sender, text.ToString(), _fanOut.Size, $"{answer.Code} {answer.Text}");
    }
}
