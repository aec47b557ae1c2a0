using MailProxy.Protocols.Conversations;
using Xunit;

namespace MailProxy.Protocols.Tests.Conversations;

/// <summary>What must hold for every conversation that its protocol allows.</summary>
internal static class ConversationChecks
{
    private static readonly int[] PieceSizes = [1, 2, 3, 5, 7, 30, int.MaxValue];

    /// <summary>The stands behind the steps are these, however the octets arrive: B, "-" for busy, O.</summary>
    public static void Stands<T>(string script, string expected)
        where T : struct, IConversation
    {
        foreach (var size in PieceSizes)
        {
            Assert.Equal(expected, string.Concat(new Script(script).Stands<T>(size).Select(Letter)));
        }
    }

    /// <summary>Wherever the end is asked for, the client gets what the store said up to a boundary, and not an octet more.</summary>
    public static void EndsAtBoundaries<T>(string text)
        where T : struct, IConversation
    {
        var script = new Script(text);
        foreach (var size in PieceSizes)
        {
            for (var position = 0; position < script.Length; position++)
            {
                var (toClient, stand) = script.EndAt<T>(position, size);
                Assert.True(stand == ConversationStand.Boundary, $"End behind {position} octets, pieces of {size}: {stand}");
                Assert.True(script.Boundaries.Contains(toClient), $"End behind {position} octets, pieces of {size}: goodbye behind {toClient} octets of the store");
            }
        }
    }

    private static char Letter(ConversationStand stand) => stand switch
    {
        ConversationStand.Boundary => 'B',
        ConversationStand.Opaque => 'O',
        _ => '-',
    };
}
