using System.Globalization;
using MailProxy.Protocols.Referrals;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Wire;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// Our transaction with one store (LMTP) or with the smarthost (SMTP). A fault of the connection is remembered and becomes the verdict of all
/// its recipients; it never disturbs the other targets.
/// </summary>
internal sealed class RelayTarget(RelayLink link, string name, bool isLmtp, RelayLinks links) : IAsyncDisposable
{
    private readonly MailWire _wire = link.Wire;
    private readonly DotWriter _dots = new();
    private string _mail = "";
    private bool _isMailSent;
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

    /// <summary>Where the store said that the last recipient lives, when it refused them for that.</summary>
    public UserReferral? Referral { get; private set; }

    /// <summary>
    /// True when a connection that rested turned out to be closed before the store had taken anything: a fresh one may be tried.
    /// </summary>
    public bool WasStale { get; private set; }

    /// <summary>
    /// Greeting to LHLO, or on a connection that rested only the new client's name; then MAIL. The leg is in the relay's own name: stores know us
    /// by our certificate or network.
    /// </summary>
    /// <param name="leg">The leg.</param>
    /// <param name="envelope">What MAIL says.</param>
    /// <param name="tellClientAddress">Name the client, where the store takes it.</param>
    /// <param name="isMailLater">MAIL goes with the first recipient: for a recipient who concerns this store alone.</param>
    /// <param name="cancellationToken">The limit.</param>
    public async ValueTask<Outcome<RelayTarget>> OpenAsync(
        StoreLeg leg, RelayEnvelope envelope, bool tellClientAddress, bool isMailLater, CancellationToken cancellationToken)
    {
        var hello = isLmtp ? "LHLO" : "EHLO";
        var opened = link.WasUsed
            ? await SmtpStoreOpening.IdentifyAsync(_wire, leg, hello, link.Offers!, tellClientAddress, cancellationToken)
            : await SmtpStoreOpening.OpenAsync(_wire, leg, hello, tellClientAddress, cancellationToken);
        if (!opened.IsDone)
        {
            WasStale = link.WasUsed;
            return opened.As<RelayTarget>();
        }

        link.Offers = opened.Value;
        if (leg.User.Length > 0 && await LogInAsync(leg, opened.Value, cancellationToken) is { } refused)
        {
            return Outcome<RelayTarget>.Failed(refused);
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
        if (isMailLater && opened.Value.Has("PIPELINING"))
        {
            return this;
        }

        _isMailSent = true;
        return await MailWasRefusedAsync(_mail, cancellationToken) ? Outcome<RelayTarget>.Failed(FaultFailure, FaultDetail) : this;
    }

    /// <summary>Names a recipient; the first may bring MAIL along (RFC 2920 3.1).</summary>
    public async ValueTask<RelayReply> AddAsync(string address, CancellationToken cancellationToken)
    {
        if (Fault is not null)
        {
            return Fault;
        }

        var recipient = $"RCPT TO:<{address}>\r\n";
        if (!_isMailSent)
        {
            _isMailSent = true;
            if (await MailWasRefusedAsync(_mail + recipient, cancellationToken))
            {
                return Fault!;
            }

            recipient = "";
        }

        var reply = await CommandAsync(recipient, cancellationToken);
        if (reply is null)
        {
            Break(ProxyFailure.StoreProtocolError, "no valid answer to RCPT");
            return Fault!;
        }

        if (reply.Code is >= 200 and < 300)
        {
            Recipients.Add(address);
        }

        Referral = reply.Code == 550 ? UserReferral.OfSmtp(reply.Lines[^1]) : null;
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
                reply = (await SmtpStoreOpening.ReadAsync(_wire, cancellationToken)).Value?.Reply;
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

    /// <summary>Lets the connection rest when all verdicts were heard; otherwise cuts it, which leaves nothing behind at the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isDone)
        {
            await link.CutAsync();
        }
        else if (!isLmtp || !links.TryRest(link))
        {
            await link.QuitAsync();
        }
    }

    // At a relay that wants to know us; a password goes out after TLS only.
    private async ValueTask<FailureReport?> LogInAsync(StoreLeg leg, SmtpExtensions offers, CancellationToken cancellationToken) =>
        _wire.Connection.Features.Get<ITlsFeature>() is { IsEncrypted: true }
            ? (await SmtpStoreDialogue.AuthenticateAsync(_wire, leg, offers, cancellationToken)).Report
            : new FailureReport(ProxyFailure.StoreTlsFailed, "a password is not sent in clear: let the relay be dialled with TLS", null, null);

    private async ValueTask<bool> MailWasRefusedAsync(string commands, CancellationToken cancellationToken)
    {
        var reply = await CommandAsync(commands, cancellationToken);
        WasStale = link.WasUsed && reply is null or { Code: 421 } && FaultFailure != ProxyFailure.StoreTimeout;
        switch (reply)
        {
            case { Code: >= 200 and < 300 }:
                return false;
            case { Code: >= 400 and < 500 }:
                Break(ProxyFailure.StoreTemporaryFailure, $"MAIL: {reply.Code} {reply.Lines[^1]}");
                return true;
            default:
                Break(ProxyFailure.StoreProtocolError, $"MAIL: {(reply is null ? "no valid answer" : $"{reply.Code} {reply.Lines[^1]}")}");
                return true;
        }
    }

    private async ValueTask<SmtpReply?> CommandAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            return await _wire.SendAsync(command, cancellationToken) ? (await SmtpStoreOpening.ReadAsync(_wire, cancellationToken)).Value?.Reply : null;
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
