using System.Buffers;
using MailProxy.Protocols.Referrals;
using MailProxy.Protocols.Sieve;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Sieve;

/// <summary>ManageSieve with the store: capabilities, STARTTLS, XCLIENT when offered, AUTHENTICATE.</summary>
internal sealed class SieveStoreDialogue(bool tellClientAddress, LearntExtensions scripts) : IStoreDialogue
{
    // RFC 5804 1.7 names ten; stores have a few of their own.
    private const int CapabilityLimit = 50;

    // The answer to an error, and one more for a store that did not take the response with the command.
    private const int TurnLimit = 2;

    private static readonly ReplyMemo<SieveResponse> Replies = new(
        static (in ReadOnlySequence<byte> buffer, out SieveResponse? value, out SequencePosition end) => SieveResponse.TryRead(buffer, SieveLimits.OfStore, out value, out end));

    public async ValueTask<Outcome<StoreWelcome>> LogInAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var (offers, failure) = await BeginAsync(store, leg, cancellationToken);
        if (offers is null)
        {
            return Outcome<StoreWelcome>.Failed(failure);
        }

        scripts.Learn(leg.Node.Id, offers.Of("SIEVE"), offers.Of("NOTIFY"));

        // Only where STARTTLS was said. With TLS from the first octet Dovecot 2.3 now and then leaves what follows XCLIENT unread until more comes: up to a
        // quarter of such logins stood still in a trial with nothing of ours in it, none behind STARTTLS.
        if (offers.Has("XCLIENT") && tellClientAddress && leg is { Client: not null, UpgradeWith: not null }
            && await IdentifyAsync(store, leg, offers, cancellationToken) is { } refused)
        {
            return refused;
        }

        return StoreSaslExchange.MechanismOf(leg.Method, offers.Authenticates) is { } mechanism
            ? await AuthenticateAsync(store, StoreSaslExchange.Begin(leg, mechanism), cancellationToken)
            : Outcome<StoreWelcome>.Failed(ProxyFailure.StoreRefusedLogin, StoreSaslExchange.Lacks(leg));
    }

    /// <summary>The greeting and TLS alone, for probes. Null: all well.</summary>
    public static async ValueTask<FailureReport?> OpenAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken) =>
        (await BeginAsync(store, leg, cancellationToken)).Failure;

    private static async ValueTask<(SieveCapabilities? Offers, FailureReport? Failure)> BeginAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var greeted = await CapabilitiesAsync(store, "greeting", cancellationToken);
        if (greeted.Offers is null)
        {
            return greeted;
        }

        leg.Tries?.Greeted();
        if (leg.UpgradeWith is null)
        {
            return greeted;
        }

        if (!greeted.Offers.Has("STARTTLS"))
        {
            return (null, new FailureReport(ProxyFailure.StoreTlsFailed, "the store does not offer STARTTLS", null));
        }

        await store.SendAsync("STARTTLS\r\n", cancellationToken);
        if ((await ReadAsync(store, cancellationToken)).Value is not { Kind: SieveResponseKind.Ok } and var no)
        {
            return (null, new FailureReport(ProxyFailure.StoreTlsFailed, $"STARTTLS: {no?.Text ?? "no valid answer"}", null));
        }

        var outcome = await store.Connection.Features.Get<ITlsFeature>()!.BecomeClientAsync(leg.UpgradeWith, cancellationToken);
        if (outcome != TlsOutcome.Done)
        {
            return (null, new FailureReport(ProxyFailure.StoreTlsFailed, $"STARTTLS: TLS {outcome}", null));
        }

        // RFC 5804 2.2: the server says them again, unasked; what it said in clear counts no more.
        return await CapabilitiesAsync(store, "capabilities behind STARTTLS", cancellationToken);
    }

    private static async ValueTask<(SieveCapabilities? Offers, FailureReport? Failure)> CapabilitiesAsync(MailWire store, string stage, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            var response = (await ReadAsync(store, cancellationToken)).Value;
            switch (response)
            {
                case { Kind: SieveResponseKind.Data } when values.Count < CapabilityLimit:
                    values[response.Text] = response.Value ?? "";
                    break;
                case { Kind: SieveResponseKind.Ok }:
                    return (new SieveCapabilities(values), null);
                default:
                    return (null, Fault(response, stage).Report);
            }
        }
    }

    // Dovecot's; the words are atoms, as in POP3 and SMTP.
    private static async ValueTask<Outcome<StoreWelcome>?> IdentifyAsync(MailWire store, StoreLeg leg, SieveCapabilities offers, CancellationToken cancellationToken)
    {
        // Dovecot 2.3 lists none; others may, and perhaps none of ours.
        var said = LegXclient.OfOthers(leg, offers.Of("XCLIENT").Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (said.Length == 0)
        {
            return null;
        }

        await store.SendAsync($"XCLIENT {said}\r\n", cancellationToken);
        var reply = (await ReadAsync(store, cancellationToken)).Value;
        return reply is { Kind: SieveResponseKind.Ok } ? (Outcome<StoreWelcome>?)null : Fault(reply, "XCLIENT");
    }

    private static async ValueTask<Outcome<StoreWelcome>> AuthenticateAsync(MailWire store, StoreSaslExchange exchange, CancellationToken cancellationToken)
    {
        store.Write($"AUTHENTICATE \"{exchange.Mechanism}\" ");
        if (SieveStringWriter.LiteralHeader(exchange.Length) is { } header)
        {
            await exchange.Say(store.Write(header)).SendAsync("\r\n", cancellationToken);
        }
        else
        {
            await exchange.Say(store.Write("\"")).SendAsync("\"\r\n", cancellationToken);
        }

        for (var turn = 0; ; turn++)
        {
            var reply = (await ReadAsync(store, cancellationToken)).Value;
            if (reply is not { Kind: SieveResponseKind.Data } || turn == TurnLimit)
            {
                return Verdict(reply, exchange.Error);
            }

            await exchange.Answer(store.Write("\""), reply.Text).SendAsync("\"\r\n", cancellationToken);
        }
    }

    // Without a value: there was no valid response.
    private static ValueTask<WireRead<SieveResponse>> ReadAsync(MailWire store, CancellationToken cancellationToken) =>
        store.ReadAsync(Replies.Parser, cancellationToken);

    private static Outcome<StoreWelcome> Fault(SieveResponse? response, string stage) => response switch
    {
        { Kind: SieveResponseKind.No or SieveResponseKind.Bye, Code: "TRYLATER" } =>
            Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTemporaryFailure, $"{stage}: {response.Kind} ({response.Code}) {response.Text}"),
        _ => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreProtocolError, $"{stage}: {(response is null ? "no valid answer" : $"{response.Kind} {response.Text}")}"),
    };

    private static Outcome<StoreWelcome> Verdict(SieveResponse? response, string saslError)
    {
        switch (response)
        {
            case { Kind: SieveResponseKind.Ok }:
                return new StoreWelcome("", response.Text.Length == 0 ? "Logged in." : response.Text);
            case { Kind: SieveResponseKind.No or SieveResponseKind.Bye, Code: "REFERRAL" }:
                return Outcome<StoreWelcome>.Failed(new FailureReport(
                    ProxyFailure.StoreReferred, $"login: {response.Kind} (REFERRAL {response.CodeText}) {response.Text}", null, null, UserReferral.OfSieve(response.CodeText)));
            case { Kind: SieveResponseKind.No, Code: not "TRYLATER" }:
                return Outcome<StoreWelcome>.Failed(
                    ProxyFailure.StoreRefusedLogin, $"login: NO {(response.Code.Length > 0 ? $"({response.Code}) " : "")}{response.Text}{saslError}");
            default:
                return Fault(response, "login");
        }
    }
}
