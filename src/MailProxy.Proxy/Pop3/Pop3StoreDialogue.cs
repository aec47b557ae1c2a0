using System.Buffers;
using System.Globalization;
using System.Text;
using MailProxy.Protocols.Pop3;
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

    private static readonly ReplyMemo<Pop3Reply> Replies = new(
        static (in ReadOnlySequence<byte> buffer, out Pop3Reply? value, out SequencePosition end) => Pop3Reply.TryRead(buffer, LineLimit, out value, out end));

    public async ValueTask<Outcome<StoreWelcome>> LogInAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var greeting = (await ReadAsync(store, cancellationToken)).Value;
        if (greeting is not { Kind: Pop3ReplyKind.Ok })
        {
            return Fault(greeting, "greeting");
        }

        if (leg.UpgradeWith is not null && await StartTlsAsync(store, leg.UpgradeWith, cancellationToken) is { } failure)
        {
            return failure;
        }

        var isEncrypted = store.Connection.Features.Get<ITlsFeature>() is { IsEncrypted: true };
        var isGreetingOffer = greeting.Code.Equals("XCLIENT", StringComparison.OrdinalIgnoreCase);
        if (tellClientAddress && isEncrypted && leg.Client is not null && await IdentifyAsync(store, leg, isGreetingOffer, cancellationToken) is { } refused)
        {
            return refused;
        }

        return leg.Method == StoreLoginMethod.Password
            ? await LogInWithPasswordAsync(store, leg, cancellationToken)
            : await LogInWithSaslAsync(store, leg, cancellationToken);
    }

    private static async ValueTask<Outcome<StoreWelcome>> LogInWithSaslAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var command = $"AUTH {StoreSasl.Mechanism(leg.Method)} ";
        var response = StoreSasl.Response(leg);
        if (command.Length + response.Length + 2 <= CommandLimit)
        {
            await StoreSasl.SendAsync(store, command, response, cancellationToken);
            return Verdict((await ReadAsync(store, cancellationToken)).Value);
        }

        await store.SendAsync($"{command.TrimEnd()}\r\n", cancellationToken);
        var invited = (await ReadAsync(store, cancellationToken)).Value;
        if (invited is not { Kind: Pop3ReplyKind.Continuation })
        {
            Array.Clear(response);
            return Verdict(invited is { Kind: Pop3ReplyKind.Err } ? invited : null);
        }

        await StoreSasl.SendAsync(store, "", response, cancellationToken);
        return Verdict((await ReadAsync(store, cancellationToken)).Value);
    }

    private static async ValueTask<Outcome<StoreWelcome>> LogInWithPasswordAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        await store.SendAsync($"USER {leg.User}\r\n", cancellationToken);
        var named = (await ReadAsync(store, cancellationToken)).Value;
        if (named is not { Kind: Pop3ReplyKind.Ok })
        {
            return Verdict(named);
        }

        await store.Write("PASS ").Write(leg.Password.Octets.Span).SendAsync("\r\n", cancellationToken);
        return Verdict((await ReadAsync(store, cancellationToken)).Value);
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
    // a store that refuses what such a hint promised is logged in to unidentified. CAPA costs a round trip, so it is asked without the hint only.
    private static async ValueTask<Outcome<StoreWelcome>?> IdentifyAsync(MailWire store, StoreLeg leg, bool isGreetingOffer, CancellationToken cancellationToken)
    {
        if (!isGreetingOffer)
        {
            switch (await IsXclientOfferedAsync(store, cancellationToken))
            {
                case null:
                    return Fault(null, "CAPA");
                case false:
                    return null;
            }
        }

        await store.SendAsync(
            string.Create(CultureInfo.InvariantCulture, $"XCLIENT ADDR={leg.Client!.Address} PORT={leg.Client.Port} SESSION={leg.SessionId} TTL={leg.ProxyTtl}\r\n"),
            cancellationToken);
        var reply = (await ReadAsync(store, cancellationToken)).Value;
        return reply is { Kind: Pop3ReplyKind.Ok } || (isGreetingOffer && reply is { Kind: Pop3ReplyKind.Err })
            ? (Outcome<StoreWelcome>?)null
            : Fault(reply, "XCLIENT");
    }

    // Null: no valid answer.
    private static async ValueTask<bool?> IsXclientOfferedAsync(MailWire store, CancellationToken cancellationToken)
    {
        await store.SendAsync("CAPA\r\n", cancellationToken);
        var reply = (await ReadAsync(store, cancellationToken)).Value;
        if (reply is null)
        {
            return null;
        }

        if (reply.Kind != Pop3ReplyKind.Ok)
        {
            return false;
        }

        var isOffered = false;
        for (var count = 0; ; count++)
        {
            var line = await store.ReadLineAsync(LineLimit, cancellationToken);
            if (line.Status != WireStatus.Done || count > CapabilityLimit)
            {
                return null;
            }

            if (line.Value is [(byte)'.'])
            {
                return isOffered;
            }

            isOffered |= Encoding.ASCII.GetString(line.Value!).StartsWith("XCLIENT", StringComparison.OrdinalIgnoreCase);
        }
    }

    // Without a value: there was no valid reply.
    private static ValueTask<WireRead<Pop3Reply>> ReadAsync(MailWire store, CancellationToken cancellationToken) =>
        store.ReadAsync(Replies.Parser, cancellationToken);

    private static Outcome<StoreWelcome> Fault(Pop3Reply? reply, string stage) =>
        Outcome<StoreWelcome>.Failed(ProxyFailure.StoreProtocolError, $"{stage}: {reply?.Text ?? "no valid answer"}");

    private static Outcome<StoreWelcome> Verdict(Pop3Reply? reply)
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

        var detail = $"login: -ERR [{reply.Code}] {reply.Text}";
        return reply.Code?.ToUpperInvariant() switch
        {
            "IN-USE" or "LOGIN-DELAY" => Outcome<StoreWelcome>.Failed(ProxyFailure.TooManySessions, detail, $"[{reply.Code}] {reply.Text}"),
            "SYS/TEMP" => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTemporaryFailure, detail),
            _ => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreRefusedLogin, detail),
        };
    }
}
