using System.Buffers;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Relay;

/// <summary>Takes one message from the client, by DATA or BDAT, hands it to the fan-out as it comes, and turns the stores' verdicts into the answer.</summary>
internal sealed class MessageReceiver : IDisposable
{
    // Stores wait 5 min for the next command (RFC 5321 4.5.3.2.7), foreign ones less.
    private static readonly TimeSpan StorePatience = TimeSpan.FromMinutes(1);

    private readonly string _id;
    private readonly RelayTransaction _transaction;
    private readonly SessionContext _session;
    private readonly SessionServices _services;
    private readonly RelayPolicy _policy;
    private readonly MilterChain? _milters;

    // With milters it only judges at first: the stores hear of the message when they have.
    private readonly MessageFanOut _fanOut;
    private readonly long _startedAt;
    private RelayReply? _notKept;

    // One octet every few minutes is a message as well, but not one that stores are kept busy for.
    private readonly SessionDeadline _clock;

    /// <param name="id">For the trace header and the log.</param>
    /// <param name="transaction">With at least one recipient.</param>
    /// <param name="session">The session.</param>
    /// <param name="services">What sessions share.</param>
    /// <param name="policy">What kind of session it is.</param>
    /// <param name="milters">Who judges it before any store gets it; null: nobody.</param>
    public MessageReceiver(string id, RelayTransaction transaction, SessionContext session, SessionServices services, RelayPolicy policy, MilterChain? milters)
    {
        (_id, _transaction, _session, _services, _policy, _milters) = (id, transaction, session, services, policy, milters);
        _startedAt = services.Time.GetTimestamp();
        var limits = services.Settings.Limits;
        _clock = new SessionDeadline(services.Deadlines, limits.RelayMessage, CancellationToken.None, CancellationToken.None);
        _fanOut = new MessageFanOut(
            milters is null ? transaction.Targets : [], isOneVerdict: !policy.IsLmtp, transaction.Envelope.IsBinary, limits, _clock, session.Connection, services.Time);
    }

    /// <summary>Asks the stores for the go-ahead.</summary>
    public ValueTask BeginAsync() => _milters is null ? _fanOut.BeginAsync(Trace()) : ValueTask.CompletedTask;

    /// <summary>Reads up to the dot on a line of its own. False: the client went away before it, so nothing is kept anywhere.</summary>
    public async ValueTask<bool> ReceiveDottedAsync(MailWire wire)
    {
        var dots = new DotReader();
        while (true)
        {
            var (buffer, isCompleted) = await ReadAsync(wire);
            if (buffer.IsEmpty && isCompleted)
            {
                return false;
            }

            var isWanted = _fanOut.IsWanted;
            var (before, pieceBefore) = (dots.Length, _fanOut.Piece.Length);
            var status = dots.TryRead(Slice(buffer, MessageFanOut.ReadLength), isWanted ? _fanOut.Piece : null, out var consumed);
            wire.Input.AdvanceTo(consumed);
            if (dots.HasBareLineEnd)
            {
                _fanOut.RefuseLines();
            }

            if (!isWanted)
            {
                _fanOut.Count(dots.Length - before);
            }
            else if (_fanOut.Piece.Length - pieceBefore is > 0 and var added)
            {
                await AddedAsync(added, isScanned: true, isLast: status == ReadStatus.Done);
            }

            if (status == ReadStatus.Done)
            {
                return true;
            }

            if (isCompleted && buffer.Length <= MessageFanOut.ReadLength)
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
            var part = Slice(buffer, Math.Min(size, MessageFanOut.ReadLength));
            var length = (int)part.Length;
            size -= length;
            if (_fanOut.IsWanted)
            {
                part.CopyTo(_fanOut.Piece.GetSpan(length));
                _fanOut.Piece.Advance(length);
                wire.Input.AdvanceTo(part.End);
                await AddedAsync(length, isScanned: false, isLast: false);
            }
            else
            {
                wire.Input.AdvanceTo(part.End);
                _fanOut.Count(length);
            }

            if (size > 0 && isCompleted && buffer.Length == length)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads and forgets a chunk that nobody wants. False: the client went away.</summary>
    public static async ValueTask<bool> SkipAsync(MailWire wire, long size, SessionServices services)
    {
        using var clock = new SessionDeadline(services.Deadlines, services.Settings.Limits.RelayMessage, CancellationToken.None, CancellationToken.None);
        while (size > 0)
        {
            var (buffer, isCompleted) = await ReadAsync(wire, clock, services.Settings.Limits);
            var part = Slice(buffer, size);
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
        // It has come in time. From its end on one limit holds for milters and stores together: the sender does not know who keeps it waiting.
        _clock.EndWithin(_services.Settings.Limits.RelayVerdict);
        _fanOut.Complete();
        var refusal = _fanOut.Refusal ?? _notKept ?? (_milters is null ? null : await FilterAsync(_milters));
        if (refusal is not null)
        {
            return Say([.. _transaction.Recipients.Select(_ => refusal)], refusal);
        }

        if (await _fanOut.EndAsync() is not { } verdicts)
        {
            // The answer can only be "again".
            return Say([.. _transaction.Recipients.Select(_ => MessageVerdict.Again)], MessageVerdict.Again);
        }

        var replies = _transaction.Recipients.ConvertAll(recipient => MessageVerdict.Of(recipient, verdicts));
        var answer = MessageVerdict.OfAll(replies);
        if (replies.Exists(reply => reply.IsPositive))
        {
            _session.Messages++;
        }

        return Say(replies, answer.IsPositive ? new RelayReply(250, $"2.0.0 OK, message {_id}") : answer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fanOut.Dispose();
        _clock.Dispose();
    }

    private byte[] Trace() => TraceHeader.Format(
        _transaction.Helo,
        _session.Client?.Address,
        _services.Settings.HostName,
        _policy.With(_session.IsPrivate),
        _id,
        _services.Time.GetUtcNow(),
        _policy.IsAuthenticated && _services.Settings.Submission.TraceUser ? _session.User : null);

    private async ValueTask AddedAsync(int count, bool isScanned, bool isLast)
    {
        if (_milters is not null && _fanOut.Refusal is null && _notKept is null)
        {
            _notKept = await _milters.AppendAsync(_fanOut.Piece.AsOctets()[^count..]);
        }

        await _fanOut.AddedAsync(count, isScanned, isLast);
    }

    // What ends it here, a message that was discarded with its 250 too; null: the stores have all of it but its end.
    private async ValueTask<RelayReply?> FilterAsync(MilterChain chain)
    {
        var envelope = new EditedEnvelope(_transaction.Envelope, _transaction.Recipients.Select(recipient => recipient.Address));
        var judged = await chain.JudgeAsync(envelope);
        if (judged.Message is not { } message || envelope.Recipients.Count == 0)
        {
            return judged.Refusal ?? new RelayReply(250, $"2.0.0 OK, message {_id}");
        }

        if (chain.HasRefusedRecipients || envelope.IsEdited || _services.Time.GetElapsedTime(_startedAt) > StorePatience)
        {
            if (await _transaction.BeginAgainAsync(envelope.Envelope, envelope.Recipients, IsNeeded, _clock) is { } refusal)
            {
                return refusal;
            }
        }

        _fanOut.Aim(_transaction.Targets);
        await _fanOut.BeginAsync(Trace());
        if (message.IsEdited)
        {
            await _fanOut.PassOnAsync(message.Header.ToOctets());
        }

        var piece = new byte[MessageFanOut.PieceLength];
        for (var position = message.IsEdited ? message.BodyStart : 0; ;)
        {
            var length = await chain.ReadAsync(message.Body, position, piece);
            if (length <= 0)
            {
                // Cut, the stores keep nothing.
                return length < 0 ? RelayReply.Of(ProxyFailure.StoreTemporaryFailure) : null;
            }

            if (!_fanOut.IsWanted)
            {
                // Lost already: nobody needs the rest, and the end makes the right verdict of it.
                return null;
            }

            position += length;
            await _fanOut.PassOnAsync(piece.AsMemory(0, length));
        }

        bool IsNeeded(string address, RelayReply reply)
        {
            if (envelope.IsAdded(address))
            {
                MilterLog.NotAdded(_services.Logger, _session.Listener.Name, _session.Id, address, $"{reply.Code} {reply.Text}");
            }

            return !envelope.IsAdded(address);
        }
    }

    private static ReadOnlySequence<byte> Slice(in ReadOnlySequence<byte> buffer, long most) => buffer.Length <= most ? buffer : buffer.Slice(0, most);

    private static async ValueTask<(ReadOnlySequence<byte> Buffer, bool IsCompleted)> ReadAsync(MailWire wire, SessionDeadline clock, LimitOptions limits)
    {
        using var idle = clock.Within(limits.RelayIdle);
        var result = await wire.Input.ReadAsync(clock.Token);
        return (result.Buffer, result.IsCompleted);
    }

    private ValueTask<(ReadOnlySequence<byte> Buffer, bool IsCompleted)> ReadAsync(MailWire wire) => ReadAsync(wire, _clock, _services.Settings.Limits);

    private string Say(List<RelayReply> replies, RelayReply answer)
    {
        _services.Metrics.Relayed(_session.Listener.Name, answer.Code);
        MessageReport.Write(_services.Logger, _session, _id, _transaction, replies, _fanOut.Size, answer);
        return _policy.IsLmtp ? string.Concat(replies.Zip(_transaction.Recipients, MessageVerdict.LineOf)) : answer.Line;
    }
}
