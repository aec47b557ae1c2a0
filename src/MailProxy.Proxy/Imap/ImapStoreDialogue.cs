using System.Buffers;
using System.Globalization;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Addresses;
using MailProxy.Protocols.Imap;
using MailProxy.Protocols.Referrals;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Imap;

/// <summary>IMAP with the store: greeting, STARTTLS, ID, AUTHENTICATE or LOGIN. Identity and login are pipelined.</summary>
internal sealed class ImapStoreDialogue(bool tellClientAddress) : IStoreDialogue
{
    private const int UntaggedLimit = 100;
    private const int UserOnStack = 256;

    // RFC 7162 4: servers take lines of 8,192 octets; a response that makes the line longer waits for the continuation.
    private const int LineLimit = 8_192;

    private static readonly ReplyMemo<ImapStoreResponse> Responses = new(ImapStoreResponse.TryRead);

    public async ValueTask<Outcome<StoreWelcome>> LogInAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var greeting = (await ReadAsync(store, cancellationToken)).Value;
        if (greeting is not { Response: { Kind: ImapResponseKind.Untagged, Status: "OK" } })
        {
            return StoreFault(greeting?.Response, "greeting");
        }

        leg.Tries?.Greeted();

        var capabilities = greeting.Capabilities;
        if (leg.UpgradeWith is not null)
        {
            var upgraded = await StartTlsAsync(store, leg.UpgradeWith, cancellationToken);
            if (upgraded is { } failure)
            {
                return failure;
            }

            // What was said in clear is forgotten: it may have been anyone's word.
            capabilities = null;
        }

        if (capabilities is null)
        {
            var asked = await ExchangeAsync(store, "C", "CAPABILITY\r\n", cancellationToken);
            if (asked.Verdict is not { Status: "OK" } || asked.Capabilities is null)
            {
                return StoreFault(asked.Verdict, "CAPABILITY");
            }

            capabilities = asked.Capabilities;
        }

        return await AuthenticateAsync(store, leg, capabilities, cancellationToken);
    }

    /// <summary>The greeting and TLS alone, for probes. Null: all well.</summary>
    public static async ValueTask<FailureReport?> OpenAsync(MailWire store, StoreLeg leg, CancellationToken cancellationToken)
    {
        var greeting = (await ReadAsync(store, cancellationToken)).Value?.Response;
        if (greeting is not { Kind: ImapResponseKind.Untagged, Status: "OK" })
        {
            return StoreFault(greeting, "greeting").Report;
        }

        return leg.UpgradeWith is null ? null : (await StartTlsAsync(store, leg.UpgradeWith, cancellationToken))?.Report;
    }

    private async ValueTask<Outcome<StoreWelcome>> AuthenticateAsync(MailWire store, StoreLeg leg, ImapCapabilities capabilities, CancellationToken cancellationToken)
    {
        var isEncrypted = store.Connection.Features.Get<ITlsFeature>() is { IsEncrypted: true };
        var identify = tellClientAddress && isEncrypted && capabilities.Has("ID");
        if (identify)
        {
            WriteId(store, leg);
        }

        if (!TryWriteLogin(store, leg, capabilities, out var exchange, out var lacks))
        {
            return Outcome<StoreWelcome>.Failed(ProxyFailure.StoreRefusedLogin, lacks);
        }

        if (!await store.FlushAsync(cancellationToken))
        {
            return Outcome<StoreWelcome>.Failed(ProxyFailure.StoreUnreachable, "closed before login");
        }

        if (identify && (await VerdictAsync(store, "I", null, cancellationToken)).Verdict is null)
        {
            return StoreFault(null, "ID");
        }

        var (verdict, learnt) = await VerdictAsync(store, "L", exchange, cancellationToken);
        exchange?.Forget();
        if (verdict is not { Status: "OK" })
        {
            return Refused(verdict, exchange?.Error ?? "");
        }

        if (learnt is null)
        {
            var asked = await ExchangeAsync(store, "D", "CAPABILITY\r\n", cancellationToken);
            learnt = asked.Capabilities;
            if (asked.Verdict is not { Status: "OK" } || learnt is null)
            {
                return StoreFault(asked.Verdict, "CAPABILITY after login");
            }
        }

        return new StoreWelcome(learnt.ToString(), verdict.Text.Length == 0 ? "Logged in." : verdict.Text);
    }

    private static void WriteId(MailWire store, StoreLeg leg)
    {
        var text = new StringBuilder("I ID (");
        if (leg.Client is { } client)
        {
            text.Append(CultureInfo.InvariantCulture, $"\"x-originating-ip\" \"{AddressText.Plain(client.Address)}\" \"x-originating-port\" \"{client.Port}\" ");
        }

        if (leg.Local is { } local)
        {
            text.Append(CultureInfo.InvariantCulture, $"\"x-connected-ip\" \"{AddressText.Plain(local.Address)}\" \"x-connected-port\" \"{local.Port}\" ");
        }

        text.Append(CultureInfo.InvariantCulture, $"\"x-session-id\" \"{leg.SessionId}\" \"x-proxy-ttl\" \"{leg.ProxyTtl}\")\r\n");
        store.Write(text.ToString());
    }

    // Writes the login command; the answer to it decides. Without SASL-IR the response waits for the continuation. LOGIN is no exchange.
    private static bool TryWriteLogin(MailWire store, StoreLeg leg, ImapCapabilities capabilities, out StoreSaslExchange? exchange, out string lacks)
    {
        (exchange, lacks) = (null, "");
        if (leg.Method == StoreLoginMethod.Password && TryWriteLogin(store, leg, capabilities.Has("LITERAL+")))
        {
            return true;
        }

        var mechanism = StoreSaslExchange.MechanismOf(leg.Method, name => capabilities.Has("AUTH=" + name));
        if (mechanism is null || !capabilities.Has("AUTH=" + mechanism))
        {
            lacks = mechanism is null ? StoreSaslExchange.Lacks(leg) : $"{leg.Node.Id} does not offer AUTH={mechanism}, and LOGIN cannot say it";
            return false;
        }

        var command = $"L AUTHENTICATE {mechanism}";
        store.Write(command);
        exchange = StoreSaslExchange.Begin(leg, mechanism);
        if (capabilities.Has("SASL-IR") && command.Length + 1 + exchange.Length + 2 <= LineLimit)
        {
            exchange.Say(store.Write(" "));
        }

        store.Write("\r\n");
        return true;
    }

    // False: the name or the password needs a literal that the store does not take without asking; nothing is written then.
    private static bool TryWriteLogin(MailWire store, StoreLeg leg, bool literalPlus)
    {
        Span<byte> user = stackalloc byte[UserOnStack];
        user = Encoding.UTF8.TryGetBytes(leg.User, user, out var octets) ? user[..octets] : Encoding.UTF8.GetBytes(leg.User);
        var password = leg.Secret.Octets.Span;
        if (!ImapStringWriter.CanWriteString(user, literalPlus) || !ImapStringWriter.CanWriteString(password, literalPlus))
        {
            return false;
        }

        store.Write("L LOGIN "u8);
        ImapStringWriter.TryWriteString(store.Output, user, literalPlus);
        store.Write(" "u8);
        ImapStringWriter.TryWriteString(store.Output, password, literalPlus);
        store.Write("\r\n"u8);
        return true;
    }

    private static async ValueTask<Outcome<StoreWelcome>?> StartTlsAsync(MailWire store, TlsClientSettings settings, CancellationToken cancellationToken)
    {
        var (verdict, _) = await ExchangeAsync(store, "T", "STARTTLS\r\n", cancellationToken);
        if (verdict is not { Status: "OK" })
        {
            return Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTlsFailed, $"STARTTLS: {verdict?.Status} {verdict?.Text}");
        }

        var outcome = await store.Connection.Features.Get<ITlsFeature>()!.BecomeClientAsync(settings, cancellationToken);
        return outcome == TlsOutcome.Done ? (Outcome<StoreWelcome>?)null : Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTlsFailed, $"STARTTLS: TLS {outcome}");
    }

    private static async ValueTask<(ImapResponse? Verdict, ImapCapabilities? Capabilities)> ExchangeAsync(
        MailWire store, string tag, string command, CancellationToken cancellationToken)
    {
        await store.SendAsync($"{tag} {command}", cancellationToken);
        return await VerdictAsync(store, tag, null, cancellationToken);
    }

    // Reads up to the tagged answer; capabilities are taken from wherever the store puts them.
    private static async ValueTask<(ImapResponse? Verdict, ImapCapabilities? Capabilities)> VerdictAsync(
        MailWire store, string tag, StoreSaslExchange? exchange, CancellationToken cancellationToken)
    {
        ImapCapabilities? capabilities = null;
        for (var count = 0; count < UntaggedLimit; count++)
        {
            var (status, read) = await ReadAsync(store, cancellationToken);
            var said = status == WireStatus.Done ? read!.Response : null;
            switch (said)
            {
                case null or { Status: "BYE" }:
                    return (said, null);
                case { Kind: ImapResponseKind.Continuation }:
                    // Asked for more: the response we hold, or else what ends the exchange.
                    await (exchange?.Answer(store, said.Text) ?? store.Write("*"u8)).SendAsync("\r\n", cancellationToken);
                    break;
                case { Kind: ImapResponseKind.Tagged } when said.Tag == tag:
                    return (said, read!.Capabilities ?? capabilities);
                default:
                    capabilities = read!.Capabilities ?? capabilities;
                    break;
            }
        }

        return (null, null);
    }

    // Without a value: there was no valid response.
    private static ValueTask<WireRead<ImapStoreResponse>> ReadAsync(MailWire store, CancellationToken cancellationToken) =>
        store.ReadAsync(Responses.Parser, cancellationToken);

    private static Outcome<StoreWelcome> StoreFault(ImapResponse? response, string stage) => response switch
    {
        null => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreProtocolError, $"no valid answer at {stage}"),
        { Status: "PREAUTH" } => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreProtocolError, "greeting was PREAUTH"),
        _ => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreProtocolError, $"{stage}: {response.Status} {response.Text}"),
    };

    private static Outcome<StoreWelcome> Refused(ImapResponse? verdict, string saslError)
    {
        if (verdict is null)
        {
            return StoreFault(null, "login");
        }

        var code = verdict.Code?.Split(' ')[0].ToUpperInvariant() ?? "";
        var detail = $"login: {verdict.Status} [{verdict.Code}] {verdict.Text}{saslError}";
        return code switch
        {
            "REFERRAL" => Outcome<StoreWelcome>.Failed(new FailureReport(ProxyFailure.StoreReferred, detail, null, null, UserReferral.OfImap(verdict.Code))),
            _ when verdict.Status is "BYE" => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTemporaryFailure, detail),
            "UNAVAILABLE" or "INUSE" or "SERVERBUG" => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTemporaryFailure, detail),
            "LIMIT" => Outcome<StoreWelcome>.Failed(ProxyFailure.TooManySessions, detail, $"[LIMIT] {verdict.Text}"),
            "ALERT" or "OVERQUOTA" => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreTemporaryFailure, detail, $"[{code}] {verdict.Text}"),
            _ => Outcome<StoreWelcome>.Failed(ProxyFailure.StoreRefusedLogin, detail),
        };
    }
}
