using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Connections;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// Streams one message to all targets at once: each piece is passed on to everyone before the next is read, so the slowest store sets the pace, within
/// <see cref="LimitOptions.RelayStall"/> and <see cref="LimitOptions.RelayPace"/>, and nothing is spooled. A message that fits one piece is sent once it is
/// whole. Once the message is refused (too large, a loop, bare CR or LF) or lost, the rest is only counted.
/// </summary>
/// <param name="targets">The stores with recipients; none: the message is judged only, until it is aimed.</param>
/// <param name="isOneVerdict">SMTP: all stores must take it, or the sender repeats it for all.</param>
/// <param name="isBinary">BINARYMIME: any octets are a message.</param>
/// <param name="limits">Bounds.</param>
/// <param name="clock">The message's own: what is under way is finished even if the node stops.</param>
/// <param name="client">On whose thread it all happens.</param>
/// <param name="time">For stores' pace.</param>
internal sealed class MessageFanOut(
    IEnumerable<RelayTarget> targets, bool isOneVerdict, bool isBinary, LimitOptions limits, SessionDeadline clock, ConnectionContext client, TimeProvider time) : IDisposable
{
    /// <summary>
    /// Octets that are gathered before they are passed on: most messages whole (the median of mail is below 20 KiB), in one send and one wake-up of the
    /// store. With the dotted copy and what was read ahead a transaction holds less than 128 KiB.
    /// </summary>
    public const int PieceLength = 24 * 1024;

    /// <summary>Octets taken from the client at once: with what was gathered before they fill 32 KiB, one size of the pool.</summary>
    public const int ReadLength = (8 * 1024) - MessagePiece.Headroom;

    // Whoever is given up is so within this.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // RFC 5321 6.3: "a large threshold, normally at least 100".
    private const int HopLimit = 100;

    private RelayTransfer[] _transfers = [.. targets.Select(target => new RelayTransfer(target, time))];
    private readonly HopCounter _hops = new();
    private readonly LineEndScanner _lines = new();
    private readonly DotWriter _dots = new();
    private MessagePiece? _dotted;
    private bool _mayWrite;
    private bool _isEnded;

    /// <summary>What was read and not passed on; whoever adds to it says so by <see cref="AddedAsync"/>.</summary>
    public MessagePiece Piece { get; } = new();

    /// <summary>Octets of the client's message so far.</summary>
    public long Size { get; private set; }

    /// <summary>
    /// The message cannot succeed for anybody any more: with one verdict when a store broke, else when all did. Nobody is given its end, because the
    /// repeat would be a second copy.
    /// </summary>
    public bool IsLost => isOneVerdict ? Array.Exists(_transfers, transfer => transfer.IsBroken) : _transfers.Length > 0 && Array.TrueForAll(_transfers, transfer => transfer.IsBroken);

    /// <summary>Why the message as a whole is refused; null while it is not.</summary>
    public RelayReply? Refusal { get; private set; }

    /// <summary>Content is still passed on; otherwise it is only counted.</summary>
    public bool IsWanted => Refusal is null && !IsLost;

    /// <summary>Asks all stores for the go-ahead; the trace header goes in front of the message.</summary>
    public async ValueTask BeginAsync(ReadOnlyMemory<byte> trace)
    {
        trace.Span.CopyTo(Piece.GetSpan(trace.Length));
        Piece.Advance(trace.Length);
        using var limit = clock.Within(limits.StoreLogin);
        foreach (var transfer in _transfers)
        {
            await transfer.BeginAsync(clock.Token);
        }
    }

    /// <summary>Octets came that nobody wants.</summary>
    public void Count(long octets)
    {
        Size += octets;
        Judge();
    }

    /// <summary>The last <paramref name="count"/> octets of <see cref="Piece"/> are new.</summary>
    /// <param name="count">Octets.</param>
    /// <param name="isScanned">Their line ends were judged already.</param>
    /// <param name="isLast">They are the last: they go with the end of the message.</param>
    public async ValueTask AddedAsync(int count, bool isScanned, bool isLast)
    {
        Size += count;
        var added = Piece.Content[^count..];
        _hops.Read(added);
        if (!isScanned && !isBinary)
        {
            _lines.Scan(added);
        }

        Judge();
        if (Piece.Length >= PieceLength && !isLast && IsWanted && _transfers.Length > 0)
        {
            await SendAsync(isEnd: false);
        }

        if (!IsWanted || _transfers.Length == 0)
        {
            Piece.Clear();
        }
    }

    /// <summary>From now on these get it: nobody has heard anything of the message before.</summary>
    public void Aim(IEnumerable<RelayTarget> others)
    {
        _transfers = [.. others.Select(target => new RelayTransfer(target, time))];
        Piece.Clear();
    }

    /// <summary>Passes on octets that were judged before.</summary>
    public async ValueTask PassOnAsync(ReadOnlyMemory<byte> octets)
    {
        while (!octets.IsEmpty && IsWanted)
        {
            var length = Math.Min(octets.Length, ReadLength);
            octets.Span[..length].CopyTo(Piece.GetSpan(length));
            Piece.Advance(length);
            octets = octets[length..];
            if (Piece.Length >= PieceLength)
            {
                await SendAsync(isEnd: false);
            }
        }
    }

    /// <summary>The client sent something that is no message: it is refused at its end.</summary>
    public void RefuseLines() => Refusal ??= new RelayReply(554, "5.6.0 Lines end in CRLF; a bare CR or LF is not accepted.");

    /// <summary>Nothing more comes: judges what can only be judged at the end.</summary>
    public void Complete()
    {
        _lines.End();
        Judge();
    }

    /// <summary>
    /// The whole message is here: lets the stores have it, and collects their verdicts. Not to be called after a refusal. Null: it is lost because one of
    /// several stores broke, and nobody has its end. (One store alone differs from nobody: what broke there is the verdict.)
    /// </summary>
    public async ValueTask<IReadOnlyDictionary<RelayTarget, IReadOnlyList<RelayReply>>?> EndAsync()
    {
        if (isOneVerdict && _transfers.Length > 1 && !IsLost)
        {
            // All that can be known before the end is known before anybody is given it.
            await SendAsync(isEnd: false);
            using var limit = clock.Within(limits.StoreLogin);
            await Task.WhenAll(_transfers.Select(transfer => transfer.SettleAsync(clock.Token).AsTask()));
        }

        if (!IsLost)
        {
            await SendAsync(isEnd: true);
        }

        if (isOneVerdict && !_isEnded && _transfers.Length > 1)
        {
            return null;
        }

        if (_transfers is [var only])
        {
            return new Dictionary<RelayTarget, IReadOnlyList<RelayReply>> { [only.Target] = await only.HearVerdictsAsync(clock.Token) };
        }

        var heard = await Task.WhenAll(_transfers.Select(async transfer => (transfer.Target, Verdicts: await transfer.HearVerdictsAsync(clock.Token))));
        return heard.ToDictionary(entry => entry.Target, entry => entry.Verdicts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Piece.Dispose();
        _dotted?.Dispose();
    }

    private void Judge()
    {
        if (_lines.HasBareLineEnd)
        {
            RefuseLines();
        }
        else if (Size > limits.MessageSize)
        {
            Refusal ??= new RelayReply(552, $"5.3.4 The message is larger than {limits.MessageSize} octets.");
        }
        else if (_hops.Hops > HopLimit)
        {
            Refusal ??= new RelayReply(554, "5.4.6 Too many hops: this message goes round in circles.");
        }
    }

    private async ValueTask SendAsync(bool isEnd)
    {
        if (!_mayWrite)
        {
            _mayWrite = true;
            await HearGoAheadAsync();
        }

        if (IsLost || (Piece.Length == 0 && !isEnd))
        {
            return;
        }

        if (isEnd && clock.Token.IsCancellationRequested)
        {
            // A verdict could not be waited for any more: what is not ended is not kept, and the sender repeats it.
            Array.ForEach(_transfers, static transfer => transfer.Target.Break(ProxyFailure.StoreTimeout, "no time is left for its verdict"));
            return;
        }

        _isEnded = isEnd;
        var chunk = Array.Exists(_transfers, transfer => transfer.IsChunked) ? Piece.AsChunk(isEnd) : default;
        var dotted = Array.Exists(_transfers, transfer => !transfer.IsChunked) ? Dotted(isEnd) : default;
        await WriteToAllAsync(chunk, dotted, isEnd);
        Piece.Clear();
    }

    private async ValueTask HearGoAheadAsync()
    {
        using var limit = clock.Within(limits.StoreLogin);
        if (_transfers is [var only])
        {
            await only.HearGoAheadAsync(clock.Token);
            return;
        }

        await Task.WhenAll(_transfers.Select(transfer => transfer.HearGoAheadAsync(clock.Token).AsTask()));
        await client.ReturnHomeAsync();
    }

    private ReadOnlyMemory<byte> Dotted(bool isEnd)
    {
        _dotted ??= new MessagePiece();
        _dotted.Clear();
        _dots.Write(Piece.Content, _dotted);
        if (isEnd)
        {
            _dots.End(_dotted);
        }

        return _dotted.AsOctets();
    }

    // Mostly the system's buffers have room, and nobody has to wait: then there is no timer and no task.
    private async ValueTask WriteToAllAsync(ReadOnlyMemory<byte> chunk, ReadOnlyMemory<byte> dotted, bool isEnd)
    {
        List<Task>? pending = null;
        foreach (var transfer in _transfers)
        {
            var writing = transfer.WriteAsync(transfer.IsChunked ? chunk : dotted, isEnd);
            if (writing.IsCompletedSuccessfully)
            {
                continue;
            }

            (pending ??= []).Add(writing.AsTask());
        }

        if (pending is not null)
        {
            await WaitAsync(Task.WhenAll(pending));
        }
    }

    // Ends only when all have ended: the memory that they send from is used again. Who takes too long is cut, which ends it, and so is everybody when the
    // message's time is over.
    private async ValueTask WaitAsync(Task all)
    {
        while (!all.IsCompleted)
        {
            var patience = _transfers.Where(transfer => transfer.IsPending).Select(Patience).DefaultIfEmpty(limits.RelayStall).Min();
            var isOver = clock.Token.IsCancellationRequested;
            try
            {
                await all.WaitAsync(patience > Tick && !isOver ? patience : Tick, time, isOver ? CancellationToken.None : clock.Token);
            }
            catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
            {
                await client.ReturnHomeAsync();
                foreach (var late in _transfers.Where(transfer => transfer.IsPending && (clock.Token.IsCancellationRequested || Patience(transfer) <= TimeSpan.Zero)))
                {
                    late.GiveUp();
                }
            }
        }

        await all;
        await client.ReturnHomeAsync();
    }

    private TimeSpan Patience(RelayTransfer transfer) =>
        transfer.Patience(limits, isAlone: Array.TrueForAll(_transfers, other => other == transfer || other.IsBroken));
}
