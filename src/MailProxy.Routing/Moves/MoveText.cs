using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Moves;

/// <summary>Reads and writes the value of a move.</summary>
public static class MoveText
{
    // A user name has 320 characters at most, a command and an operator's name should not be longer than a screen.
    private const int MaxBytes = 16 * 1024;
    private const int MaxTextLength = 4_096;
    private const int MaxUserLength = 320;

    /// <summary>Octets for Consul.</summary>
    internal static byte[] Write(MoveRecord move) => JsonSerializer.SerializeToUtf8Bytes(
        new MoveDocument
        {
            User = move.User,
            From = move.From,
            To = move.To,
            Step = NameOf(move.Step),
            Started = move.Started,
            Operator = move.Operator,
            Undo = move.Undo,
            Epoch = move.Epoch,
            Via = move.Via,
            Pinned = move.Pinned,
            Planned = move.Planned,
            Purge = move.Purge,
        },
        RoutingJson.Default.MoveDocument);

    /// <summary>The word for a step, in records and on the screen.</summary>
    public static string NameOf(MoveStep step) => step.ToString().ToLowerInvariant();

    /// <summary>Why an id cannot be one of a move; null: it can.</summary>
    internal static string? IdProblem(string id) =>
        id.Length is > 0 and <= 64 && id.All(char.IsAsciiLetterOrDigit) ? null : "the id of a move is letters and digits, 64 at most";

    /// <summary>Reads; <paramref name="problem"/> is a phrase for the operator.</summary>
    internal static bool TryRead(string id, ReadOnlySpan<byte> value, [NotNullWhen(true)] out MoveRecord? move, [NotNullWhen(false)] out string? problem)
    {
        move = null;
        problem = IdProblem(id) ?? (value.Length > MaxBytes ? $"the value has {value.Length} octets; {MaxBytes} are possible" : null);
        if (problem is not null || !OperatorText.TryRead(value, out var text, out problem)
            || !OperatorText.TryReadJson(text, RoutingJson.Default.MoveDocument, out var document, out problem))
        {
            return false;
        }

        problem = Problem(document);
        if (problem is not null)
        {
            return false;
        }

        move = new MoveRecord(
            id, document.User!, document.From!, document.To!, Enum.Parse<MoveStep>(document.Step!, ignoreCase: true), document.Started ?? default,
            PrintableText.Of(document.Operator ?? "somebody"))
        {
            Undo = document.Undo,
            Epoch = Math.Max(1, document.Epoch),
            Via = document.Via is null ? null : PrintableText.Of(document.Via),
            Pinned = document.Pinned,
            Planned = document.Planned,
            Purge = document.Purge,
        };
        return true;
    }

    private static string? Problem(MoveDocument document) =>
        document.User is not { Length: > 0 and <= MaxUserLength } || document.User.Any(char.IsControl) ? "user is missing, or no user name"
        : StoreId.Problem(document.From ?? "") ?? StoreId.Problem(document.To ?? "")
        ?? (document.From == document.To ? "from and to are the same store" : null)
        ?? (Enum.GetValues<MoveStep>().Any(step => NameOf(step) == document.Step) ? null : "step is none that this version knows")
        ?? (document.Via is { Length: > MaxTextLength } || document.Operator is { Length: > MaxTextLength } ? $"a text is longer than {MaxTextLength} characters" : null);
}
