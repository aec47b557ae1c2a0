using System.Buffers;
using System.Text;
using MailProxy.Protocols.Pop3;
using MailProxy.Protocols.Referrals;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Pop3;

/// <summary>POP3 with the store: greeting, STLS, XCLIENT when offered, AUTH or USER/PASS.</summary>
internal sealed class Pop3StoreDialogue(bool tellClientAddress) : IStoreDialogue
{
    private const int LineLimit = 8_192;
    private const int CapabilityLimit = 100;

    // RFC 5034 4: an initial response that makes AUTH longer than 255 octets waits for the continuation.
    private const int CommandLimit = 255;

    // The message, and the answer to an error.
    private const int TurnLimit = 2;

    private static readonly ReplyMemo<Pop3Reply> Replies = new(
        static (in ReadOnlySequence<byte> buffer, out Pop3Reply? value, out SequencePosition end) => Pop3Reply.TryRead(buffer, LineLimit, out value, out end));

    public async ValueTask<Outcome<StoreWelcome>> LogInAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var greeting = (await ReadAsync(store, cancellationToken)).Value;
        if (greeting is not { Kind: Pop3ReplyKind.Ok })
        {
            return Fault(greeting, "greeting");
        }

        leg.Tries?.Greeted();

        if (leg.UpgradeWith is not null && await StartTlsAsync(store, leg.UpgradeWith, cancellationToken) is { } failure)
        {
            return failure;
        }

        var isEncrypted = store.Connection.Features.Get<ITlsFeature>() is { IsEncrypted: true };
        var isToIdentify = tellClientAddress && isEncrypted && leg.Client is not null;
        var isGreetingOffer = greeting.Code.Equals("XCLIENT", StringComparison.OrdinalIgnoreCase);

        // CAPA costs a round trip: asked only where something depends on it.
        var pipelining = leg is { Method: StoreLoginMethod.Password, Tries.Endpoint: { } endpoint } ? Pop3Pipelining.Of(endpoint) : null;
        List<string> offers = [];
        if (leg.Method == StoreLoginMethod.Bearer || (isToIdentify && !isGreetingOffer) || pipelining?.IsToAsk() == true)
        {
            if (await CapabilitiesAsync(store, cancellationToken) is not { } told)
            {
                return Fault(null, "CAPA");
            }

            offers = told;
            pipelining?.Tell(IsOffered(offers, "PIPELINING"));
        }

        if (isToIdentify && await IdentifyAsync(store, leg, isGreetingOffer, offers, cancellationToken) is { } refused)
        {
            return refused;
        }

        return leg.Method == StoreLoginMethod.Password
            ? pipelining is { IsOffered: true } ? await LogInInOneGoAsync(store, leg, pipelining, cancellationToken) : await LogInWithPasswordAsync(store, leg, cancellationToken)
            : await LogInWithSaslAsync(store, leg, offers, cancellationToken);
    }

    /// <summary>The greeting and TLS alone, for probes. Null: all well.</summary>
    public static async ValueTask<FailureReport?> OpenAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var greeting = (await ReadAsync(store, cancellationToken)).Value;
        if (greeting is not { Kind: Pop3ReplyKind.Ok })
        {
            return Fault(greeting, "greeting").Report;
        }

        return leg.UpgradeWith is null ? null : (await StartTlsAsync(store, leg.UpgradeWith, cancellationToken))?.Report;
    }

    private static async ValueTask<Outcome<StoreWelcome>> LogInWithSaslAsync(MailWire store, StoreLeg leg, List<string> offers, CancellationToken cancellationToken)
    {
        if (StoreSaslExchange.MechanismOf(leg.Method, name => IsOffered(offers, "SASL", name)) is not { } mechanism)
        {
            return Outcome<StoreWelcome>.Failed(ProxyFailure.StoreRefusedLogin, StoreSaslExchange.Lacks(leg));
        }

        var exchange = StoreSaslExchange.Begin(leg, mechanism);
        var command = $"AUTH {mechanism}";
        var isOneLine = command.Length + 1 + exchange.Length + 2 <= CommandLimit;
        store.Write(command);
        await (isOneLine ? exchange.Say(store.Write(" ")) : store).SendAsync("\r\n", cancellationToken);
        for (var turn = 0; ; turn++)
        {
            var reply = (await ReadAsync(store, cancellationToken)).Value;
            if (reply is not { Kind: Pop3ReplyKind.Continuation } || turn == TurnLimit)
            {
                // Yes before anything was said is nonsense.
                var isSaid = isOneLine || turn > 0;
                exchange.Forget();
                return Verdict(isSaid || reply is { Kind: Pop3ReplyKind.Err } ? reply : null, exchange.Error);
            }

            await exchange.Answer(store, reply.Text).SendAsync("\r\n", cancellationToken);
        }
    }

    private static async ValueTask<Outcome<StoreWelcome>> LogInWithPasswordAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        await store.SendAsync($"USER {leg.User}\r\n", cancellationToken);
        var named = (await ReadAsync(store, cancellationToken)).Value;
        if (named is not { Kind: Pop3ReplyKind.Ok })
        {
            return Verdict(named);
        }

        await store.Write("PASS ").Write(leg.Secret.Octets.Span).SendAsync("\r\n", cancellationToken);
        return Verdict((await ReadAsync(store, cancellationToken)).Value);
    }

    private static async ValueTask<Outcome<StoreWelcome>> LogInInOneGoAsync(MailWire store, StoreLeg leg, Pop3Pipelining pipelining, CancellationToken cancellationToken)
    {
        Pop3Reply? reply = null;
        try
        {
            await store.Write($"USER {leg.User}\r\nPASS ").Write(leg.Secret.Octets.Span).SendAsync("\r\n", cancellationToken);
            reply = (await ReadAsync(store, cancellationToken)).Value;
            if (reply is { Kind: Pop3ReplyKind.Ok })
            {
                reply = (await ReadAsync(store, cancellationToken)).Value;
            }
        }
        finally
        {
            if (reply is null)
            {
                pipelining.Doubt();
            }
        }

        return Verdict(reply);
    }

    private static async ValueTask<Outcome<StoreWelcome>?> StartTlsAsync(MailWire store, TlsClientSettings settings, CancellationToken cancellationToken)
    {
        await store.SendAsync("STLS\r\n", cancellationToken);
        var reply = (await ReadAsync(store, cancellationToken)).Value;
        if (reply is not { Kind: Pop3ReplyKind.Ok })
        {
            return Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTlsFailed, $"STLS: {reply?.Text ?? "no answer"}");
        }

        var outcome = await store.Connection.Features.Get<ITlsFeature>()!.BecomeClientAsync(settings, cancellationToken);
        return outcome == TlsOutcome.Done ? (Outcome<StoreWelcome>?)null : Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTlsFailed, $"STLS: TLS {outcome}");
    }

    // Dovecot offers XCLIENT in its greeting ("+OK [XCLIENT] ...") and not in CAPA. A greeting in clear proves nothing, so it is a hint only:
    // a store that refuses what such a hint promised is logged in to unidentified.
    private static async ValueTask<Outcome<StoreWelcome>?> IdentifyAsync(
        MailWire store, StoreLeg leg, bool isGreetingOffer, List<string> offers, CancellationToken cancellationToken)
    {
        if (!isGreetingOffer && !IsOffered(offers, "XCLIENT"))
        {
            return null;
        }

        await store.SendAsync($"XCLIENT {LegXclient.OfOthers(leg, [])}\r\n", cancellationToken);
        var reply = (await ReadAsync(store, cancellationToken)).Value;
        return reply is { Kind: Pop3ReplyKind.Ok } || (isGreetingOffer && reply is { Kind: Pop3ReplyKind.Err })
            ? (Outcome<StoreWelcome>?)null
            : Fault(reply, "XCLIENT");
    }

    private static bool IsOffered(List<string> offers, string capability, string? parameter = null) =>
        offers.Exists(offer => offer.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, .. var parameters]
            && name.Equals(capability, StringComparison.OrdinalIgnoreCase)
            && (parameter is null || parameters.Contains(parameter, StringComparer.OrdinalIgnoreCase)));

    // What CAPA lists, nothing where a store does not know it. Null: no valid answer.
    private static async ValueTask<List<string>?> CapabilitiesAsync(MailWire store, CancellationToken cancellationToken)
    {
        await store.SendAsync("CAPA\r\n", cancellationToken);
        var reply = (await ReadAsync(store, cancellationToken)).Value;
        if (reply is null)
        {
            return null;
        }

        if (reply.Kind != Pop3ReplyKind.Ok)
        {
            return [];
        }

        var offers = new List<string>();
        for (var count = 0; ; count++)
        {
            var line = await store.ReadLineAsync(LineLimit, cancellationToken);
            if (line.Status != WireStatus.Done || count > CapabilityLimit)
            {
                return null;
            }

            if (line.Value is [(byte)'.'])
            {
                return offers;
            }

            offers.Add(Encoding.ASCII.GetString(line.Value!));
        }
    }

    // Without a value: there was no valid reply.
    private static ValueTask<WireRead<Pop3Reply>> ReadAsync(MailWire store, CancellationToken cancellationToken) =>
        store.ReadAsync(Replies.Parser, cancellationToken);

    private static Outcome<StoreWelcome> Fault(Pop3Reply? reply, string stage) =>
        Outcome<StoreWelcome>.Failed(ProxyFailure.StoreProtocolError, $"{stage}: {reply?.Text ?? "no valid answer"}");

    private static Outcome<StoreWelcome> Verdict(Pop3Reply? reply, string saslError = "")
    {
        switch (reply)
        {
            case null:
                return Fault(null, "login");
            case { Kind: Pop3ReplyKind.Ok }:
                return new StoreWelcome("", reply.Text.Length == 0 ? "Logged in." : reply.Text);
            case { Kind: Pop3ReplyKind.Continuation }:
                return Fault(reply, "login");
        }

        var detail = $"login: -ERR [{reply.Code}] {reply.Text}{saslError}";
        if (reply.Code?.StartsWith("REFERRAL/", StringComparison.OrdinalIgnoreCase) == true)
        {
            return Outcome<StoreWelcome>.Failed(new FailureReport(ProxyFailure.StoreReferred, detail, null, null, UserReferral.OfPop3(reply.Code)));
        }

        return reply.Code?.ToUpperInvariant() switch
        {
            "IN-USE" or "LOGIN-DELAY" => Outcome<StoreWelcome>.Failed(ProxyFailure.TooManySessions, detail, $"[{reply.Code}] {reply.Text}"),
            "SYS/TEMP" => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTemporaryFailure, detail),
            _ => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreRefusedLogin, detail),
        };
    }
}
