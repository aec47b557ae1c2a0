using System.Globalization;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// Our transaction with one store (LMTP) or with the smarthost (SMTP). A fault of the connection is remembered and becomes the verdict of all
/// its recipients; it never disturbs the other targets.
/// </summary>
internal sealed class RelayTarget(StoreConnection connection, string name, bool isLmtp) : IAsyncDisposable
{
    private readonly MailWire _wire = new(connection.Connection);
    private readonly DotWriter _dots = new();
    private string _mail = "";
    private bool _isDone;

    /// <summary>Store id, or <c>smarthost</c>.</summary>
    public string Name => name;

    /// <summary>Recipients that it took, in order.</summary>
    public List<string> Recipients { get; } = [];

    /// <summary>What broke; null while nothing did.</summary>
    public RelayReply? Fault { get; private set; }

    /// <summary>The same as a failure.</summary>
    public ProxyFailure FaultFailure { get; private set; }

    /// <summary>For the log.</summary>
    public string FaultDetail { get; private set; } = "";

    /// <summary>Greeting to MAIL FROM. The leg is in the relay's own name: stores know us by our certificate or network.</summary>
    public async ValueTask<Outcome<RelayTarget>> OpenAsync(StoreLeg leg, RelayEnvelope envelope, bool tellClientAddress, CancellationToken cancellationToken)
    {
        var opened = await SmtpStoreOpening.OpenAsync(_wire, leg, isLmtp ? "LHLO" : "EHLO", tellClientAddress, cancellationToken);
        if (!opened.IsDone)
        {
            return opened.As<RelayTarget>();
        }

        if (envelope.IsInternational && !opened.Value.Has("SMTPUTF8"))
        {
            return Outcome<RelayTarget>.Failed(ProxyFailure.StoreLacksUtf8, $"{name} does not offer SMTPUTF8");
        }

        var parameters = string.Concat(
            envelope.IsEightBit && opened.Value.Has("8BITMIME") ? " BODY=8BITMIME" : "",
            envelope.IsInternational ? " SMTPUTF8" : "",
            envelope.DeclaredSize is { } size && opened.Value.Has("SIZE") ? string.Create(CultureInfo.InvariantCulture, $" SIZE={size}") : "");
        _mail = $"MAIL FROM:<{envelope.Sender}>{parameters}\r\n";
        var reply = await CommandAsync(_mail, cancellationToken);
        return reply switch
        {
            null when Fault is not null => Outcome<RelayTarget>.Failed(FaultFailure, FaultDetail),
            { Code: >= 200 and < 300 } => this,
            { Code: >= 400 and < 500 } => Outcome<RelayTarget>.Failed(ProxyFailure.StoreTemporaryFailure, $"MAIL: {reply.Code} {reply.Lines[^1]}"),
            _ => Outcome<RelayTarget>.Failed(ProxyFailure.StoreProtocolError, $"MAIL: {(reply is null ? "no valid answer" : $"{reply.Code} {reply.Lines[^1]}")}"),
        };
    }

    /// <summary>Names a recipient.</summary>
    public async ValueTask<RelayReply> AddAsync(string address, CancellationToken cancellationToken)
    {
        var reply = Fault is null ? await CommandAsync($"RCPT TO:<{address}>\r\n", cancellationToken) : null;
        if (reply is null)
        {
            Break(ProxyFailure.StoreProtocolError, "no valid answer to RCPT");
            return Fault!;
        }

        if (reply.Code is >= 200 and < 300)
        {
            Recipients.Add(address);
        }

        return RelayReply.OfStore(reply);
    }

    /// <summary>
    /// Takes the last recipients back, because whoever they were named for was refused as a whole. There is no command for that, so the
    /// transaction is begun again without them.
    /// </summary>
    public async ValueTask TakeBackAsync(int count, CancellationToken cancellationToken)
    {
        Recipients.RemoveRange(Recipients.Count - count, count);
        foreach (var command in (string[])["RSET\r\n", _mail, .. Recipients.Select(address => $"RCPT TO:<{address}>\r\n")])
        {
            if (Fault is null && await CommandAsync(command, cancellationToken) is not { Code: >= 200 and < 300 })
            {
                Break(ProxyFailure.StoreTemporaryFailure, "it did not take again what it had taken before");
            }
        }
    }

    /// <summary>Asks for the go-ahead.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        var reply = await CommandAsync("DATA\r\n", cancellationToken);
        if (reply is not { Code: 354 })
        {
            Break(
                reply is { Code: >= 400 and < 500 } ? ProxyFailure.StoreTemporaryFailure : ProxyFailure.StoreProtocolError,
                $"DATA: {(reply is null ? "no valid answer" : $"{reply.Code} {reply.Lines[^1]}")}");
        }
    }

    /// <summary>Passes on a piece of the message; waits while the store is slower than the client.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (Fault is not null)
        {
            return;
        }

        _dots.Write(piece.Span, _wire.Output);
        if (!await GuardAsync(_wire.FlushAsync(cancellationToken), cancellationToken))
        {
            Break(ProxyFailure.StoreUnreachable, "closed while the message was sent");
        }
    }

    /// <summary>Ends the message: from here on the store may keep it. One verdict for each of <see cref="Recipients"/>, in order.</summary>
    public async ValueTask<IReadOnlyList<RelayReply>> EndAsync(CancellationToken cancellationToken)
    {
        var verdicts = new List<RelayReply>();
        if (Fault is null)
        {
            _dots.End(_wire.Output);
            if (!await GuardAsync(_wire.FlushAsync(cancellationToken), cancellationToken))
            {
                Break(ProxyFailure.StoreUnreachable, "closed at the end of the message");
            }
        }

        // RFC 2033 4.2: one reply per accepted recipient, in the order of RCPT; SMTP has one for all.
        for (var count = isLmtp ? Recipients.Count : 1; count > 0 && Fault is null; count--)
        {
            SmtpReply? reply;
            try
            {
                reply = await SmtpStoreOpening.ReadAsync(_wire, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Break(ProxyFailure.StoreTimeout, "no verdict in time");
                break;
            }

            if (reply is null)
            {
                Break(ProxyFailure.StoreProtocolError, "no valid verdict");
                break;
            }

            verdicts.Add(RelayReply.OfStore(reply));
        }

        _isDone = Fault is null;
        while (verdicts.Count < Recipients.Count)
        {
            verdicts.Add(Fault ?? verdicts[0]);
        }

        return verdicts;
    }

    /// <summary>Notes a fault; the connection is not used again.</summary>
    public void Break(ProxyFailure failure, string detail)
    {
        if (Fault is null)
        {
            (Fault, FaultFailure, FaultDetail) = (RelayReply.Of(failure), failure, detail);
        }
    }

    /// <summary>Cuts the connection; before <see cref="EndAsync"/> that leaves nothing behind at the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDone)
        {
            // Politeness only: whether it is heard changes nothing.
            _wire.Write("QUIT\r\n");
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await GuardAsync(_wire.FlushAsync(brief.Token), brief.Token);
        }
        else
        {
            connection.Connection.Abort();
        }

        await connection.DisposeAsync();
    }

    private async ValueTask<SmtpReply?> CommandAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            return await _wire.SendAsync(command, cancellationToken) ? await SmtpStoreOpening.ReadAsync(_wire, cancellationToken) : null;
        }
        catch (OperationCanceledException)
        {
            Break(ProxyFailure.StoreTimeout, $"no answer to {command.Split(' ')[0].TrimEnd()} in time");
            return null;
        }
    }

    private async ValueTask<bool> GuardAsync(ValueTask<bool> flush, CancellationToken cancellationToken)
    {
        try
        {
            return await flush;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Break(ProxyFailure.StoreTimeout, "it does not read");
            return false;
        }
    }
}
