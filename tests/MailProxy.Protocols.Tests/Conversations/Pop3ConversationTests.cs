using MailProxy.Protocols.Conversations;
using Xunit;

namespace MailProxy.Protocols.Tests.Conversations;

public sealed class Pop3ConversationTests
{
    // A goodbye is an answer, so it takes a command that is held back: each of these ends with one behind everything else.
    [Theory]
    [InlineData("C: STAT\\r\\n\nS: |+OK 0 0\\r\\n|\nC: NOOP\\r\\n\nS: +OK\\r\\n|\nC: NOOP\\r\\n")]
    [InlineData("C: RETR 1\\r\\n\nS: |+OK 12 octets\\r\\nx\\r\\n..\\r\\n.y\\r\\n.\\r\\n|\nC: NOOP\\r\\n")]
    [InlineData("C: RETR 1\\r\\nRETR 2\\r\\nDELE 1\\r\\nUIDL\\r\\n\nS: |+OK\\r\\n+OK x\\r\\n.\\r\\n|-ERR no such\\r\\n|+OK\\r\\n|+OK\\r\\n1 a\\r\\n.\\r\\n|\nC: NOOP\\r\\n")]
    [InlineData("C: list\\r\\n\nS: |+OK\\r\\n.\\r\\n|\nC: LIST 1\\r\\n\nS: +OK 1 5\\r\\n|\nC: Top 1 0\\r\\n\nS: +OK\\r\\n.x\\r\\n\\r\\n.\\r\\n|\nC: CAPA\\r\\n\nS: -ERR\\r\\n|\nC: NOOP\\r\\n")]
    [InlineData("C: UIDL 3\\r\\nUTF8\\r\\nLANG de\\r\\n\nS: |+OK 3 x\\r\\n|+OK\\r\\n|+OK\\r\\n|\nC: RSET\\r\\n")]
    [InlineData("C: LANG\\r\\n\nS: |+OK\\r\\nen\\r\\n.\\r\\n|\nC: LAST \\r\\n")]
    public void It_ends_behind_a_whole_answer_when_the_client_asks_again(string script) => ConversationChecks.EndsAtBoundaries<Pop3Conversation>(script);

    [Theory]
    [InlineData("C: STLS\\r\\n", "O")]
    [InlineData("C: AUTH\\r\\n", "O")]
    [InlineData("C: XTND XMIT\\r\\n", "O")]
    [InlineData("C: RETR8 1\\r\\n", "-")]
    [InlineData("C: RE-TR 1\\r\\n", "O")]
    [InlineData("C: NOOP\\r\\n\nS: +OK\\r\\n", "--")]
    public void A_verb_that_may_be_answered_by_anything_is_opaque_and_without_a_question_there_is_no_goodbye(string script, string stands) =>
        ConversationChecks.Stands<Pop3Conversation>(script, stands);

    [Theory]
    [InlineData(64, ConversationStand.Busy)]
    [InlineData(65, ConversationStand.Opaque)]
    public void So_many_commands_may_be_under_way(int commands, ConversationStand stand)
    {
        var conversation = default(Pop3Conversation);
        for (var i = 0; i < commands; i++)
        {
            conversation.FromClient("RETR 1\r\n"u8);
        }

        Assert.Equal(stand, conversation.Stand);
    }

    [Fact]
    public void The_client_hears_the_goodbye_instead_of_the_answer_to_what_is_held_back()
    {
        var conversation = default(Pop3Conversation);
        conversation.FromClient("RETR 1\r\n"u8);
        Assert.Equal(11, conversation.FromStore("+OK\r\nhello\r"u8));
        conversation.End();
        Assert.Equal(0, conversation.FromClient("DELE 1\r\n"u8));
        Assert.Equal(ConversationStand.Busy, conversation.Stand);
        Assert.Equal(4, conversation.FromStore("\n.\r\n+OK what nobody asked for\r\n"u8));
        Assert.Equal(ConversationStand.Boundary, conversation.Stand);
    }

    [Fact]
    public void Who_quits_hears_no_second_goodbye()
    {
        var conversation = default(Pop3Conversation);
        conversation.FromClient("QUIT\r\n"u8);
        conversation.End();
        conversation.FromClient("NOOP\r\n"u8);
        conversation.FromStore("+OK bye\r\n"u8);
        Assert.Equal(ConversationStand.Busy, conversation.Stand);
    }
}
