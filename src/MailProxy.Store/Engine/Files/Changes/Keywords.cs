using System.Collections.Immutable;

namespace MailProxy.Store.Engine.Files.Changes;

/// <summary>Sets of keywords. Case does not matter (RFC 9051 2.3.2); the form that came first stays.</summary>
internal static class Keywords
{
    // Longer words are no names; Cyrus and Dovecot have the same order of size.
    private const int MaxLength = 250;

    /// <summary>What a client gave, each word once.</summary>
    /// <exception cref="StoreFaultException">Too many or too long.</exception>
    public static ImmutableArray<string> From(IReadOnlyList<string> words, int most)
    {
        ImmutableArray<string> keywords = Union([], words);
        CheckCount(keywords.Length, most);
        return keywords.Any(word => word.Length is 0 or > MaxLength || word.Any(char.IsControl))
            ? throw new StoreFaultException(StoreFaultKind.Limit, $"A keyword is empty, has control characters or is longer than {MaxLength}.")
            : keywords;
    }

    /// <summary>Refuses more than <paramref name="most"/>.</summary>
    public static void CheckCount(int count, int most)
    {
        if (count > most)
        {
            throw new StoreFaultException(StoreFaultKind.Limit, $"A message can have {most} keywords at most.");
        }
    }

    /// <summary>Those present, then the new ones.</summary>
    public static ImmutableArray<string> Union(ImmutableArray<string> present, IReadOnlyList<string> added)
        => added.Count == 0 ? present : [.. present.Concat(added).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Those present without the removed ones.</summary>
    public static ImmutableArray<string> Except(ImmutableArray<string> present, ImmutableArray<string> removed)
        => removed.IsEmpty ? present : [.. present.Where(word => !removed.Contains(word, StringComparer.OrdinalIgnoreCase))];
}
