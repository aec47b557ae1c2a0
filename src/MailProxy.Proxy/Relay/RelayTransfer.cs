using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// One message on its way to one store: by BDAT (RFC 3030) where the store takes it, which saves the round trip of DATA, else by DATA. What breaks is
/// noted at the target.
/// </summary>
internal sealed class RelayTransfer(RelayTarget target, TimeProvider time)
{
    // Chunks whose answers are not read yet, where the store takes commands ahead of its answers (RFC 3030 4.2): with 24 KiB each, what a line of 200 ms takes
    // at 1 MB/s.
    private const int MaxUnanswered = 8;

    private readonly MailWire _wire = target.Link.Wire;
    private bool _mayWrite = target.Link.Offers!.Has("CHUNKING");
    private int _unanswered;
    private long _taken;
    private TimeSpan _waited;
    private long? _pendingSince;

    /// <summary>The store.</summary>
    public RelayTarget Target => target;

    /// <summary>By BDAT.</summary>
    public bool IsChunked { get; } = target.Link.Offers!.Has("CHUNKING");

    /// <summary>Something broke: nothing more is sent.</summary>
    public bool IsBroken => target.Fault is not null;

    /// <summary>A piece is on its way and was not taken yet.</summary>
    public bool IsPending => _pendingSince is not null;

    /// <summary>Asks for the go-ahead, and does not wait for it: the client can begin meanwhile.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        if (!IsChunked && !await GuardAsync(_wire.SendAsync("DATA\r\n", cancellationToken)))
        {
            target.Break(ProxyFailure.StoreUnreachable, "closed before DATA");
        }
    }

    /// <summary>Waits for the go-ahead: before it nothing of the message may be sent (RFC 2920 3.1).</summary>
    public async ValueTask HearGoAheadAsync(CancellationToken cancellationToken)
    {
        if (_mayWrite || IsBroken)
        {
            return;
        }

        var reply = await ReadAsync("DATA", cancellationToken);
        _mayWrite = reply is { Code: 354 };
        if (!_mayWrite)
        {
            target.Break(reply, "DATA");
        }
    }

    /// <summary>Passes on a piece; ends when the store's side of the connection has taken it.</summary>
    /// <param name="octets">Dots stuffed, or with the chunk's command in front.</param>
    /// <param name="isEnd">The message ends with it.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> octets, bool isEnd)
    {
        if (IsBroken)
        {
            return;
        }

        _pendingSince = time.GetTimestamp();
        try
        {
            while (_unanswered > (target.Link.Offers!.Has("PIPELINING") ? MaxUnanswered - 1 : 0))
            {
                await HearChunkAsync(CancellationToken.None);
            }

            if (!IsBroken && await GuardAsync(_wire.SendAsync(octets, CancellationToken.None)))
            {
                _taken += octets.Length;
                _unanswered += IsChunked && !isEnd ? 1 : 0;
            }
            else
            {
                target.Break(ProxyFailure.StoreUnreachable, isEnd ? "closed at the end of the message" : "closed while the message was sent");
            }
        }
        finally
        {
            _waited += time.GetElapsedTime(_pendingSince.Value);
            _pendingSince = null;
        }
    }

    /// <summary>Hears what the store has to say to what it was sent so far: after that it is known whether it may be given the end.</summary>
    public async ValueTask SettleAsync(CancellationToken cancellationToken)
    {
        while (_unanswered > 0 && !IsBroken)
        {
            await HearChunkAsync(cancellationToken);
        }

        if (!IsBroken && target.Link.Connection.Connection.ConnectionClosed.IsCancellationRequested)
        {
            target.Break(ProxyFailure.StoreUnreachable, "closed before the end of the message");
        }
    }

    /// <summary>How much longer the piece that is pending may be; below zero: too long already.</summary>
    /// <param name="limits">What is allowed.</param>
    /// <param name="isAlone">Nobody else waits for this store: how fast it is, is its own affair.</param>
    public TimeSpan Patience(LimitOptions limits, bool isAlone)
    {
        var pending = _pendingSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
        var forPiece = limits.RelayStall - pending;
        var inAll = limits.RelayStall + TimeSpan.FromSeconds((double)_taken / limits.RelayPace) - _waited - pending;
        return isAlone || forPiece < inAll ? forPiece : inAll;
    }

    /// <summary>It held the message up for too long: it is cut, and its recipients are told to come again.</summary>
    public void GiveUp()
    {
        target.Break(ProxyFailure.StoreTimeout, $"it did not keep up: {_taken} octets taken, {(_waited + time.GetElapsedTime(_pendingSince ?? time.GetTimestamp())).TotalSeconds:0} s waited for");
        target.Link.Connection.Connection.Abort();
    }

    /// <summary>The end was sent: one verdict for each recipient, in order (RFC 2033 4.2; SMTP has one for all).</summary>
    public async ValueTask<IReadOnlyList<RelayReply>> HearVerdictsAsync(CancellationToken cancellationToken)
    {
        var count = target.Recipients.Count;
        var verdicts = new List<RelayReply>(count);
        while (_unanswered > 0 && !IsBroken)
        {
            await HearChunkAsync(cancellationToken);
        }

        for (var expected = target.IsLmtp ? count : 1; expected > 0 && !IsBroken; expected--)
        {
            if (await ReadAsync("the message", cancellationToken) is { } reply)
            {
                verdicts.Add(RelayReply.OfStore(reply));
            }
            else
            {
                target.Break(ProxyFailure.StoreProtocolError, "no valid verdict");
            }
        }

        target.IsDone = !IsBroken;
        while (verdicts.Count < count)
        {
            verdicts.Add(target.Fault ?? verdicts[0]);
        }

        return verdicts;
    }

    private async ValueTask HearChunkAsync(CancellationToken cancellationToken)
    {
        var reply = await ReadAsync("BDAT", cancellationToken);
        _unanswered--;
        switch (reply)
        {
            case null:
                target.Break(ProxyFailure.StoreProtocolError, "no valid answer to BDAT");
                _unanswered = 0;
                break;
            case { Code: >= 200 and < 300 }:
                break;
            default:
                target.Break(reply, "BDAT");
                _unanswered = 0;
                break;
        }
    }

    private async ValueTask<SmtpReply?> ReadAsync(string what, CancellationToken cancellationToken)
    {
        try
        {
            return (await SmtpStoreOpening.ReadAsync(_wire, cancellationToken)).Value?.Reply;
        }
        catch (OperationCanceledException)
        {
            target.Break(ProxyFailure.StoreTimeout, $"no answer to {what} in time");
            return null;
        }
    }

    private async ValueTask<bool> GuardAsync(ValueTask<bool> sending)
    {
        try
        {
            return await sending;
        }
        catch (OperationCanceledException)
        {
            target.Break(ProxyFailure.StoreTimeout, "it does not read");
            return false;
        }
    }
}
