"""Add what holding a number needs."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import storage.types


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('boot_clock',
    sa.Column('boot', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('started_at', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('boot', name=op.f('pk_boot_clock'))
    )
    with op.batch_alter_table('activation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('auto_cancel_refusals', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('automatic', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('end_told_at', storage.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('listed_version', sa.Integer(), server_default='-1', nullable=False))
        batch_op.create_index('ix_activation_automatic_end_told_at', ['automatic', 'end_told_at'], unique=False)
        batch_op.create_index('ix_activation_listed_version', ['listed_version'], unique=False)

    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.add_column(sa.Column('list_message_id', sa.BigInteger(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.drop_column('list_message_id')

    with op.batch_alter_table('activation', schema=None) as batch_op:
        batch_op.drop_index('ix_activation_listed_version')
        batch_op.drop_index('ix_activation_automatic_end_told_at')
        batch_op.drop_column('listed_version')
        batch_op.drop_column('end_told_at')
        batch_op.drop_column('automatic')
        batch_op.drop_column('auto_cancel_refusals')

    op.drop_table('boot_clock')
