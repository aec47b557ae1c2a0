using System.Runtime.CompilerServices;
using MailProxy.Protocols.Conversations;
using Xunit;

namespace MailProxy.Protocols.Tests.Conversations;

public sealed class SieveConversationTests
{
    [Theory]
    [InlineData("C: NOOP\\r\\n", "-")]
    [InlineData("C: NOOP\\r\\n\nS: OK \"Done.\"\\r\\n", "-B")]
    [InlineData("C: NO\nC: OP\\r\\n", "B-")]
    [InlineData("C: LISTSCRIPTS\\r\\n\nS: \"a\" ACTIVE\\r\\n\nS: \"b\"\\r\\n\nS: O\nS: K\\r\\n", "----B")]
    [InlineData("C: LISTSCRIPTS\\r\\nNOOP\\r\\n\nS: OK\\r\\n\nS: NO (TRYLATER) \"x\"\\r\\n", "--B")]
    [InlineData("C: GETSCRIPT \"a\"\\r\\n\nS: {7}\\r\\n\nS: OK\\r\\nxyz\nS: \\r\\n\nS: OK\\r\\n", "----B")]
    [InlineData("C: GETSCRIPT \"a\"\\r\\n\nS: {0}\\r\\n\\r\\n\nS: OK\\r\\n", "--B")]
    [InlineData("C: LISTSCRIPTS\\r\\n\nS: {3}\\r\\nabc ACTIVE\\r\\n\nS: OK\\r\\n", "--B")]
    [InlineData("C: PUTSCRIPT \"a\" {4+}\\r\\n\nC: NOOP\nC: \\r\\n\nS: NO {6}\\r\\n\nS: line\\r\\n\nS: \\r\\n", "-----B")]
    [InlineData("C: PUTSCRIPT {1+}\\r\\na {0+}\\r\\n\\r\\n\nS: OK (WARNINGS) {2}\\r\\nab\\r\\n", "-B")]
    [InlineData("C: PUTSCRIPT \"a{3}\"\\r\\n\nS: OK \"see {5}\"\\r\\n", "-B")]
    public void It_knows_what_is_under_way(string script, string stands) => ConversationChecks.Stands<SieveConversation>(script, stands);

    [Theory]
    [InlineData("C: LOGOUT\\r\\n\nS: OK\\r\\n", "--")]
    [InlineData("S: BYE (TRYLATER) \"restarting\"\\r\\n", "-")]
    [InlineData("C: STARTTLS\\r\\n", "O")]
    [InlineData("C: authenticate \"PLAIN\"\\r\\n", "O")]
    [InlineData("C: UNAUTHENTICATE\\r\\n\nS: OK\\r\\n", "OO")]
    [InlineData("C: PUTSCRIPT \"a\" {4}\\r\\n", "O")]
    public void Who_left_hears_no_second_goodbye_and_what_cannot_be_read_hears_none(string script, string stands) =>
        ConversationChecks.Stands<SieveConversation>(script, stands);

    [Theory]
    [InlineData("C: LISTSCRIPTS\\r\\n\nS: |\"a\" ACTIVE\\r\\n\"OK\"\\r\\nOK \"done\"\\r\\n|")]
    [InlineData("C: GETSCRIPT \"a\"\\r\\n\nS: |{9}\\r\\nOK\\r\\nNO\\r\\nx\\r\\nOK\\r\\n|\nC: NOOP\\r\\n\nS: OK\\r\\n|")]
    [InlineData("C: PUTSCRIPT \"a\" {10+}\\r\\n0123456789\\r\\n\nS: |NO {4}\\r\\nOK\\r\\n\\r\\n|\nC: NOOP\\r\\nNOOP\\r\\n\nS: OK\\r\\n|NO\\r\\n|")]
    public void It_ends_behind_a_whole_answer_wherever_it_is_asked_to(string script) => ConversationChecks.EndsAtBoundaries<SieveConversation>(script);

    [Fact]
    public void What_is_left_of_a_literal_may_go_unseen_and_no_more()
    {
        var conversation = default(SieveConversation);
        conversation.FromClient("PUTSCRIPT \"a\" {500000+}\r\nabc"u8);
        Assert.Equal(499_997, conversation.UnseenFromClient);
        conversation.PassFromClient(499_997);
        Assert.Equal(0, conversation.UnseenFromClient);
        conversation.FromClient("\r\n"u8);
        conversation.FromStore("NO {6}\r\nab"u8);
        Assert.Equal(4, conversation.UnseenFromStore);
        conversation.PassFromStore(4);
        Assert.Equal(ConversationStand.Busy, conversation.Stand);
        conversation.FromStore("\r\n"u8);
        Assert.Equal(ConversationStand.Boundary, conversation.Stand);
    }

    [Fact]
    public void The_state_of_an_idle_session_is_small() => Assert.True(Unsafe.SizeOf<SieveConversation>() <= 24);
}
