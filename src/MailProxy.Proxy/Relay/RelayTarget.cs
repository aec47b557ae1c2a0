using System.Globalization;
using System.Text;
using MailProxy.Protocols.Referrals;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Wire;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// Our transaction with one store (LMTP) or with the smarthost (SMTP), up to its recipients; the message goes by <see cref="RelayTransfer"/>. A fault of
/// the connection is remembered and becomes the verdict of all its recipients; it never disturbs the other targets.
/// </summary>
internal sealed class RelayTarget(RelayLink link, string name, bool isLmtp, RelayLinks links) : IAsyncDisposable
{
    // Commands sent before the first of them is answered. Their replies, at most 512 octets each (RFC 5321 4.5.3.1.5), must fit what lies between us and a
    // store that answers while we still send (RFC 2920 3.1): sockets hold 64 KiB and more.
    private const int MaxPipelined = 100;

    private readonly MailWire _wire = link.Wire;
    private string _mail = "";
    private bool _isMailSent;

    /// <summary>Store id, or <c>smarthost</c>.</summary>
    public string Name => name;

    /// <summary>One verdict per recipient after the message (RFC 2033 4.2).</summary>
    public bool IsLmtp => isLmtp;

    /// <summary>The connection.</summary>
    public RelayLink Link => link;

    /// <summary>Recipients that it took, in order.</summary>
    public List<RelayPlace> Recipients { get; } = [];

    /// <summary>What broke; null while nothing did.</summary>
    public RelayReply? Fault { get; private set; }

    /// <summary>The same as a failure.</summary>
    public ProxyFailure FaultFailure { get; private set; }

    /// <summary>For the log.</summary>
    public string FaultDetail { get; private set; } = "";

    /// <summary>Where the store said that recipients live whom it refused for that.</summary>
    public Dictionary<RelayPlace, UserReferral>? Referrals { get; private set; }

    /// <summary>
    /// True when a connection that rested turned out to be closed before the store had taken anything: a fresh one may be tried.
    /// </summary>
    public bool WasStale { get; private set; }

    /// <summary>All verdicts were heard: nothing is open on the connection.</summary>
    public bool IsDone { get; set; }

    /// <summary>
    /// Greeting to LHLO, or on a connection that rested only the new client's name; then MAIL, unless it can go with the first recipient (RFC 2920 3.1), which
    /// saves a round trip: whether it is taken is no reason to try another address. The leg is in the relay's own name: stores know us by our certificate or network.
    /// </summary>
    /// <param name="leg">The leg.</param>
    /// <param name="envelope">What MAIL says.</param>
    /// <param name="tellClientAddress">Name the client, where the store takes it.</param>
    /// <param name="cancellationToken">The limit.</param>
    public async ValueTask<Outcome<RelayTarget>> OpenAsync(StoreLeg leg, RelayEnvelope envelope, bool tellClientAddress, CancellationToken cancellationToken)
    {
        var hello = isLmtp ? "LHLO" : "EHLO";
        var opened = link.WasUsed
            ? await SmtpStoreOpening.IdentifyAsync(_wire, leg, hello, link.Offers!, tellClientAddress, cancellationToken)
            : await SmtpStoreOpening.OpenAsync(_wire, leg, hello, tellClientAddress, cancellationToken);
        if (!opened.IsDone)
        {
            return opened.As<RelayTarget>();
        }

        var offers = link.Offers = opened.Value;
        if (leg.User.Length > 0 && await LogInAsync(leg, offers, cancellationToken) is { } refused)
        {
            return Outcome<RelayTarget>.Failed(refused);
        }

        if (envelope.IsInternational && !offers.Has("SMTPUTF8"))
        {
            return Outcome<RelayTarget>.Failed(ProxyFailure.StoreLacksUtf8, $"{name} does not offer SMTPUTF8");
        }

        if (envelope.IsBinary && !(offers.Has("BINARYMIME") && offers.Has("CHUNKING")))
        {
            return Outcome<RelayTarget>.Failed(ProxyFailure.StoreLacksBinary, $"{name} does not offer BINARYMIME and CHUNKING");
        }

        _mail = MailFor(envelope, offers);
        if (offers.Has("PIPELINING"))
        {
            return this;
        }

        _isMailSent = true;
        return await SendAsync(_mail, cancellationToken) && await MailWasTakenAsync(cancellationToken)
            ? this
            : Outcome<RelayTarget>.Failed(FaultFailure, FaultDetail);
    }

    /// <summary>Names recipients: all at once where the store takes that, and the first bring MAIL along (RFC 2920 3.1). Each place hears its reply.</summary>
    public async ValueTask AskAsync(IReadOnlyList<RelayPlace> places, CancellationToken cancellationToken)
    {
        for (int start = 0, count; start < places.Count && Fault is null; start += count)
        {
            count = link.Offers!.Has("PIPELINING") ? Math.Min(places.Count - start, MaxPipelined) : 1;
            var isWithMail = !_isMailSent;
            _isMailSent = true;
            if (!await SendAsync(Compose(isWithMail, places, start, count), cancellationToken))
            {
                // What a peer that closes said last may still be there to be read; that it is gone shows where nothing comes.
                WasStale = isWithMail && link.WasUsed && FaultFailure != ProxyFailure.StoreTimeout;
                break;
            }

            if (isWithMail && !await MailWasTakenAsync(cancellationToken))
            {
                break;
            }

            for (var i = start; i < start + count && Fault is null; i++)
            {
                await HearAsync(places[i], cancellationToken);
            }
        }

        foreach (var place in places)
        {
            place.Target = this;
            place.Reply ??= Fault;
        }
    }

    /// <summary>
    /// Takes recipients back, because whoever they were named for was refused as a whole. There is no command for that, so the transaction is begun again
    /// without them.
    /// </summary>
    public async ValueTask TakeBackAsync(IReadOnlyCollection<RelayPlace> places, CancellationToken cancellationToken)
    {
        Recipients.RemoveAll(places.Contains);
        var commands = new[] { "RSET\r\n", _mail }.Concat(Recipients.Select(place => place.RcptFor(link.Offers!)));
        foreach (var command in commands)
        {
            if (Fault is null && !(await SendAsync(command, cancellationToken) && await ReplyAsync(command, cancellationToken) is { Code: >= 200 and < 300 }))
            {
                Break(ProxyFailure.StoreTemporaryFailure, "it did not take again what it had taken before");
            }
        }

        for (var i = 0; i < Recipients.Count; i++)
        {
            Recipients[i].Index = i;
        }
    }

    /// <summary>Notes a fault; the connection is not used again.</summary>
    public void Break(ProxyFailure failure, string detail)
    {
        if (Fault is null)
        {
            (Fault, FaultFailure, FaultDetail) = (RelayReply.Of(failure), failure, detail);
        }
    }

    /// <summary>
    /// The same for what a store says before the message is complete. 55x is its judgement of the message; 50x says that it did not understand us, which the
    /// sender cannot help. Null: no valid answer.
    /// </summary>
    public void Break(SmtpReply? reply, string stage)
    {
        if (Fault is not null)
        {
            return;
        }

        Break(
            reply is { Code: >= 400 and < 500 } ? ProxyFailure.StoreTemporaryFailure : ProxyFailure.StoreProtocolError,
            $"{stage}: {(reply is null ? "no valid answer" : $"{reply.Code} {reply.Lines[^1]}")}");
        Fault = reply is { Code: >= 400 and < 500 or >= 550 } ? RelayReply.OfStore(reply) : Fault;
    }

    /// <summary>Lets the connection rest when all verdicts were heard; otherwise cuts it, which leaves nothing behind at the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!IsDone)
        {
            await link.CutAsync();
        }
        else if (!isLmtp || !links.TryRest(link))
        {
            await link.QuitAsync();
        }
    }

    // Only what the store offers: a parameter that it does not know would cost the message (RFC 5321 4.1.1.11).
    private static string MailFor(RelayEnvelope envelope, SmtpExtensions offers)
    {
        var mail = new StringBuilder("MAIL FROM:<").Append(envelope.Sender).Append('>');
        mail.Append(envelope.IsBinary ? " BODY=BINARYMIME" : envelope.IsEightBit && offers.Has("8BITMIME") ? " BODY=8BITMIME" : "");
        mail.Append(envelope.IsInternational ? " SMTPUTF8" : "");
        if (envelope.DeclaredSize is { } size && offers.Has("SIZE"))
        {
            mail.Append(CultureInfo.InvariantCulture, $" SIZE={size}");
        }

        if ((envelope.Return ?? envelope.EnvelopeId) is not null && offers.Has("DSN"))
        {
            mail.Append(envelope.Return is { } what ? $" RET={what}" : "").Append(envelope.EnvelopeId is { } id ? $" ENVID={id}" : "");
        }

        return mail.Append("\r\n").ToString();
    }

    // At a relay that wants to know us; a password goes out after TLS only.
    private async ValueTask<FailureReport?> LogInAsync(StoreLeg leg, SmtpExtensions offers, CancellationToken cancellationToken) =>
        _wire.Connection.Features.Get<ITlsFeature>() is { IsEncrypted: true }
            ? (await SmtpStoreDialogue.AuthenticateAsync(_wire, leg, offers, cancellationToken)).Report
            : new FailureReport(ProxyFailure.StoreTlsFailed, "a password is not sent in clear: let the relay be dialled with TLS", null, null);

    private string Compose(bool isWithMail, IReadOnlyList<RelayPlace> places, int start, int count)
    {
        var mail = isWithMail ? _mail : "";
        return count == 1
            ? mail + places[start].RcptFor(link.Offers!)
            : mail + string.Concat(places.Skip(start).Take(count).Select(place => place.RcptFor(link.Offers!)));
    }

    private async ValueTask HearAsync(RelayPlace place, CancellationToken cancellationToken)
    {
        if (await ReplyAsync("RCPT", cancellationToken) is not { } reply)
        {
            Break(ProxyFailure.StoreProtocolError, "no valid answer to RCPT");
            return;
        }

        place.Reply = RelayReply.OfStore(reply);
        if (place.Reply.IsPositive)
        {
            place.Index = Recipients.Count;
            Recipients.Add(place);
        }
        else if (reply.Code == 550 && UserReferral.OfSmtp(reply.Lines[^1]) is { } referral)
        {
            (Referrals ??= [])[place] = referral;
        }
    }

    private async ValueTask<bool> MailWasTakenAsync(CancellationToken cancellationToken)
    {
        var reply = await ReplyAsync("MAIL", cancellationToken);
        WasStale = link.WasUsed && reply is null or { Code: 421 } && FaultFailure != ProxyFailure.StoreTimeout;
        if (reply is { Code: >= 200 and < 300 })
        {
            return true;
        }

        Break(reply, "MAIL");
        return false;
    }

    private async ValueTask<bool> SendAsync(string commands, CancellationToken cancellationToken)
    {
        try
        {
            if (await _wire.SendAsync(commands, cancellationToken))
            {
                return true;
            }

            Break(ProxyFailure.StoreUnreachable, $"closed before {Verb(commands)}");
        }
        catch (OperationCanceledException)
        {
            Break(ProxyFailure.StoreTimeout, $"it does not read {Verb(commands)}");
        }

        return false;
    }

    private async ValueTask<SmtpReply?> ReplyAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            return (await SmtpStoreOpening.ReadAsync(_wire, cancellationToken)).Value?.Reply;
        }
        catch (OperationCanceledException)
        {
            Break(ProxyFailure.StoreTimeout, $"no answer to {Verb(command)} in time");
            return null;
        }
    }

    private static string Verb(string command) => command.Split(' ', 2)[0].TrimEnd();
}
